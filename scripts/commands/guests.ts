import {didYouMean} from '../errors/suggest.js';
import {ToolError} from '../errors/toolError.js';

/** A server of the environment. */
export type GuestFacts = {
	readonly name: string;
	/** Nova's. */
	readonly id: string;
	/** Nova's word: ACTIVE, SHUTOFF, BUILD, ERROR… */
	readonly state: string;
	readonly running: boolean;
	readonly addresses: readonly string[];
	/** Bytes that its processes take, memory that they share divided among them; undefined while it does not run. */
	readonly memory?: number;
};

/** What reading from a guest gives. */
export type GuestLogs = {
	/** What the guest wrote to its console. */
	readonly console: () => Promise<string>;
	/** Words that print the journal of cloud-init and the guest agent; with `follow` they go on. Undefined while the guest does not run. */
	readonly journal?: (follow: boolean) => readonly string[];
};

const prefix = 'guest:';

/** NAME of `guest:NAME`; undefined for another word. */
export const guestNamed = (word: string | undefined): string | undefined =>
	word?.startsWith(prefix) ? word.slice(prefix.length) : undefined;

/**
 * The guest of that name or id.
 * @throws ToolError K2D5020 that lists those there are; K2D5021 when several have the name.
 */
export const chooseGuest = (guests: readonly GuestFacts[], wanted: string): GuestFacts => {
	const [found, ...others] = guests.filter(({name, id}) => name === wanted || id === wanted);
	if (!found) {
		const names = guests.map(({name}) => name);
		throw new ToolError('K2D5020', `There is no guest "${wanted}".${didYouMean(wanted, names)}`, {
			remedy: names.length === 0 ? 'There are no guests. `k2hdkc-devstack openstack -- server create …` makes one.' : `Guests: ${names.toSorted().join(', ')}.`,
		});
	}

	if (others.length > 0) {
		throw new ToolError('K2D5021', `${others.length + 1} guests are called "${wanted}"`, {
			remedy: `Name it by its id: ${[found, ...others].map(({id, state}) => `guest:${id} (${state})`).join(', ')}.`,
		});
	}

	return found;
};
