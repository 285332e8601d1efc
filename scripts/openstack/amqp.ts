import type {Machine} from '../machines/types.js';

/** The library that the services themselves use. The password comes by standard input: arguments are everybody's to read. */
const script = `
import json, sys, amqp
try:
    with amqp.Connection(host='127.0.0.1:5672', connect_timeout=10, read_timeout=10, write_timeout=10, **json.load(sys.stdin)) as connection:
        print(connection.server_properties['version'])
except (amqp.AMQPError, OSError) as error:
    sys.exit(str(error))
`;

export type AmqpUser = {readonly user: string; readonly password: string};

/**
 * Logs in to the machine's own RabbitMQ as a client does, and out again. Its version, or undefined when it does not let this user in.
 * @throws what the machine throws when it cannot be reached.
 */
export const amqpLogin = async (machine: Pick<Machine, 'run'>, {user, password}: AmqpUser): Promise<string | undefined> => {
	const {code, stdout} = await machine.run(['python3', '-c', script], {input: JSON.stringify({userid: user, password}), allow: 'any'});
	return code === 0 ? stdout.trim() : undefined;
};
