import type {Config} from '../../config/schema.js';
import {registrationStep} from '../datastore/registrationStep.js';
import type {TroveTools} from '../datastore/troveTools.js';
import {asStack, type DevstackEnv, type DevstackStep} from './devstackEnv.js';

/** PROGRAM WORDS: trove-manage, or for PROGRAM `-` the Python that it runs by. stack.sh puts both into a virtual environment, or on some systems among the programs of all. */
const runScript = `
PATH=$1/data/venv/bin:/usr/local/bin:$PATH
program=$(command -v trove-manage)
shift
if [ "$1" = - ]; then program=$(sed -n '1s/^#! *//p' "$program"); shift; fi
exec "$program" "$@"
`;

/** Standard input is SQL for the database that trove.conf names, with its password. */
const queryProgram = `
import configparser, sys, sqlalchemy
conf = configparser.RawConfigParser(strict=False, default_section='')
conf.read(sys.argv[1])
with sqlalchemy.create_engine(conf['database']['connection']).connect() as connection:
    for statement in filter(str.strip, sys.stdin.read().split(';\\n')):
        for row in connection.exec_driver_sql(statement):
            print(row[0])
`;

/** The words that run a program of Trove, or its Python, as the user of DevStack; `variables`: NAME=VALUE for its environment. */
export const troveWords = (paths: Pick<DevstackEnv['paths'], 'directory'>, variables: readonly string[], args: readonly string[]): readonly string[] =>
	asStack(paths, ['env', ...variables, 'sh', '-euc', runScript, 'sh', paths.directory, ...args]);

export const devstackTrove = ({host, paths}: Pick<DevstackEnv, 'host' | 'paths'>, conf = '/etc/trove/trove.conf'): TroveTools => {
	const words = (...args: readonly string[]): readonly string[] => troveWords(paths, [], args);
	return {
		async query(sql) {
			const {stdout} = await host.run(words('-', '-c', queryProgram, conf), {input: sql, timeout: 60});
			return stdout;
		},
		async manage(args) {
			await host.run(words(...args), {timeout: 300, idleTimeout: 300});
		},
	};
};

/** Whether there is more to register than the one version that the plugin does: active, and with its name as its number. */
const isMore = ({datastore: {versions, defaultVersion}}: Pick<Config, 'datastore'>): boolean =>
	versions.some(({name, version = name, active}) => name !== defaultVersion || version !== name || !active);

/** Up to 2024.1 the database of Trove does not hold what a version needs beside its name. */
export const cannotRegister = (config: Pick<Config, 'datastore' | 'release'>): boolean => isMore(config) && config.release === '2024.1';

/** Registers what the plugin does not. */
export const moreVersions = (config: Pick<Config, 'datastore' | 'release'>): readonly DevstackStep[] => isMore(config) && !cannotRegister(config)
	? [registrationStep<DevstackEnv>({needs: ['devstack.services'], tools: env => devstackTrove(env)})]
	: [];
