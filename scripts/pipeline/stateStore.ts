import {ToolError} from '../errors/toolError.js';
import {quote} from '../machines/quote.js';
import type {Machine} from '../machines/types.js';
import {emptyState, parseState, rebuildState, renderEntry, renderState, type JournalEntry, type State} from './state.js';
import type {StepRecord} from './types.js';

/** Who the host is: `machineId` survives reboots, `bootId` does not. */
export type Identity = {readonly machineId: string; readonly bootId: string};

/** A machine has no id before systemd is installed, which a step may do. */
const noMachineId = 'unknown';

export const readIdentity = async (host: Machine): Promise<Identity> => {
	const {stdout} = await host.script([
		`cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id 2>/dev/null || echo ${noMachineId}`,
		'cat /proc/sys/kernel/random/boot_id',
	].join('\n'));
	const [machineId = noMachineId, bootId = 'unknown'] = stdout.trim().split('\n');
	return {machineId: machineId.trim(), bootId: bootId.trim()};
};

export type LoadedState = {
	readonly state: State;
	/** What a person should know about it, as sentences. */
	readonly notices: readonly string[];
	/** The file cannot be read and must be moved aside before the first write. */
	readonly damaged: boolean;
	/** Comes from the journal: the file is to be written again. */
	readonly rebuilt?: boolean;
};

const forThisMachine = (state: State, machineId: string, toolVersion: string): LoadedState => {
	if (state.machineId === machineId || state.machineId === noMachineId) {
		return {state: {...state, machineId}, notices: [], damaged: false};
	}

	const notice = `The state was written on another machine (${state.machineId}, this is ${machineId}). It counts for nothing here, every step is looked at anew.`;
	return {state: emptyState(machineId, toolVersion, state.serial), notices: [notice], damaged: false};
};

const fromJournal = (journal: string | undefined, machineId: string, toolVersion: string, damaged: boolean): LoadedState => {
	const rebuilt = journal === undefined ? undefined : rebuildState(journal, toolVersion);
	if (!rebuilt) {
		const notices = damaged ? ['The state file is damaged and there is no journal. What is there is found by looking and counts as adopted: `down` will leave it alone.'] : [];
		return {state: emptyState(machineId, toolVersion), notices, damaged};
	}

	const loaded = forThisMachine(rebuilt, machineId, toolVersion);
	const count = Object.keys(rebuilt.steps).length;
	const notice = `The state file is ${damaged ? 'damaged' : 'missing'}. It was rebuilt from the journal: ${count} ${count === 1 ? 'step' : 'steps'}.`;
	return {state: loaded.state, notices: [notice, ...loaded.notices], damaged, rebuilt: true};
};

/** Reads state.json, or rebuilds it from the journal. Changes nothing. Throws K2D4004 for the state of a newer tool. */
export const loadState = async (host: Machine, envDir: string, identity: Identity, toolVersion: string): Promise<LoadedState> => {
	const text = await host.read(`${envDir}/state.json`);
	const state = text === undefined ? undefined : parseState(text);
	return state
		? forThisMachine(state, identity.machineId, toolVersion)
		: fromJournal(await host.read(`${envDir}/journal.jsonl`), identity.machineId, toolVersion, text !== undefined);
};

export type StateStore = {
	readonly record: (step: string) => StepRecord | undefined;
	readonly records: () => Readonly<Record<string, StepRecord>>;
	/** The serial that the next `put` will have. */
	readonly nextSerial: () => number;
	/** Writes the state as it is. Throws K2D4006. */
	readonly save: () => Promise<void>;
	/** Sets or removes a step's record; resolves once it is on disk. Throws K2D4006. */
	readonly put: (step: string, record: StepRecord | undefined) => Promise<void>;
};

const staleCode = 77;

/**
 * One script for journal and state: one round trip, and no process but those that sync and rename. The journal comes first, so that
 * it never lacks what the state has. `resumed`: its last line may have been cut off by a crash, so a new line is begun.
 */
const writeScript = (envDir: string, state: State, {expected, entries, resumed}: {expected: number; entries: readonly JournalEntry[]; resumed: boolean}): string => [
	'umask 077',
	`[ -d ${quote(envDir)} ] || mkdir -p -- ${quote(envDir)}`,
	`cd ${quote(envDir)}`,
	// The shell itself says only "I/O error" when the disk is full.
	'fault() { echo "writing failed where $(($(stat -f -c "%a * %S" .) / 1024)) KiB are free" >&2; exit 1; }',
	'if [ -e state.json ]; then',
	'	while read -r key value; do',
	`		[ "$key" != '"serial":' ] || [ "\${value%,}" -le ${expected} ] || exit ${staleCode}`,
	'		[ "$key" != \'"steps":\' ] || break',
	'	done <state.json',
	'fi',
	...(resumed ? ['[ ! -s journal.jsonl ] || echo >>journal.jsonl'] : []),
	...(entries.length === 0 ? [] : [`printf '%s\\n' ${entries.map(entry => quote(renderEntry(entry))).join(' ')} >>journal.jsonl || fault`]),
	`printf %s ${quote(renderState(state))} >state.json.new || fault`,
	'sync journal.jsonl state.json.new',
	'mv -f state.json.new state.json',
	'sync .',
].join('\n');

const writeTo = async (host: Machine, envDir: string, script: string): Promise<void> => {
	const {code, stderr} = await host.script(script, {allow: 'any', timeout: 60});
	if (code === staleCode) {
		throw new ToolError('K2D4006', `The state in ${envDir} was changed by another run meanwhile.`, {remedy: 'Make sure that no other run works on this environment, then resume.'});
	}

	if (code !== 0) {
		throw new ToolError('K2D4006', `The state in ${envDir} cannot be written: ${stderr.trim().split('\n').at(-1) ?? `code ${code}`}`);
	}
};

/** Moves a damaged state file aside and gives its new name. */
export const setAside = async (host: Machine, envDir: string, now: Date): Promise<string> => {
	const name = `state.json.broken-${now.toISOString().replaceAll(':', '')}`;
	await host.run(['mv', '--', `${envDir}/state.json`, `${envDir}/${name}`]);
	return `${envDir}/${name}`;
};

/** Keeps the state on the host. Changes that come while a write is under way go out together with the next. */
export const createStateStore = (host: Machine, envDir: string, loaded: State, toolVersion: string): StateStore => {
	let state: State = {...loaded, toolVersion};
	let written = loaded.serial;
	let pending: JournalEntry[] = [];
	let resumed = true;
	let writing: Promise<void> = Promise.resolve();

	const write = async (): Promise<void> => {
		const entries = pending;
		pending = [];
		const current = state;
		try {
			await writeTo(host, envDir, writeScript(envDir, current, {expected: written, entries, resumed}));
			written = current.serial;
			resumed = false;
		} catch (error) {
			pending = [...entries, ...pending];
			resumed = true;
			throw error;
		}
	};

	const flush = async (): Promise<void> => {
		if (pending.length > 0) {
			await write();
		}
	};

	return {
		record: step => state.steps[step],
		records: () => state.steps,
		nextSerial: () => state.serial + 1,
		save: write,
		async put(step, record) {
			const {[step]: _, ...others} = state.steps;
			const serial = state.serial + 1;
			state = {...state, serial, steps: record ? {...others, [step]: record} : others};
			pending.push({at: new Date().toISOString(), lineage: state.lineage, serial, machineId: state.machineId, step, record: record ?? null});
			writing = writing.catch(() => undefined).then(flush);
			await writing;
		},
	};
};
