import path from 'node:path';
import {execute} from './execute.js';
import {followJob} from './followJob.js';
import {parseJobState} from './jobState.js';
import {throughDrops} from './reconnect.js';
import {killJobScript, startJobScript} from './shell/jobControl.js';
import {jobScript} from './shell/jobRunner.js';
import {jobStateScript} from './shell/jobState.js';
import type {Transport} from './transport.js';
import type {JobSpec, JobState, Machine} from './types.js';

const filesOf = (directory: string, id: string): string => {
	if (!path.posix.isAbsolute(directory) || !/^[\w.@-]+$/.test(id)) {
		throw new TypeError(`not a place for a job: ${directory} ${id}`);
	}

	return path.posix.join(directory, id);
};

const startJob = async (transport: Transport, spec: JobSpec): Promise<JobState> => {
	const base = filesOf(spec.directory, spec.id);
	const {argv, env, cwd, input} = spec;
	const command = await transport.enter({argv, ...(env && {env}), ...(cwd !== undefined && {cwd})});
	const script = Buffer.from(jobScript(spec, command));
	const bytes = Buffer.from(input ?? '');
	const {stdout} = await throughDrops(async () => execute(
		transport.host,
		['sh', '-c', startJobScript, 'sh', base, String(script.length), input === undefined ? '' : String(bytes.length)],
		{input: Buffer.concat([script, bytes]), label: `Starting job ${spec.id}`},
	));
	return parseJobState(stdout);
};

const jobState = async (transport: Transport, directory: string, id: string): Promise<JobState> => {
	const {stdout} = await throughDrops(async () => execute(transport.host, ['sh', '-c', jobStateScript, 'sh', filesOf(directory, id)], {label: `Looking at job ${id}`}));
	return parseJobState(stdout);
};

const killJob = async (transport: Transport, directory: string, id: string): Promise<boolean> => {
	const {stdout} = await throughDrops(async () => execute(transport.host, ['sh', '-c', killJobScript, 'sh', filesOf(directory, id)], {allow: 'any', label: `Ending job ${id}`}));
	return stdout.includes('killed');
};

export const createJobs = (transport: Transport): Pick<Machine, 'startJob' | 'jobState' | 'followJob' | 'killJob'> => ({
	startJob: async spec => startJob(transport, spec),
	jobState: async (directory, id) => jobState(transport, directory, id),
	followJob: async (directory, id, options = {}) => followJob(transport, {base: filesOf(directory, id), id}, options),
	killJob: async (directory, id) => killJob(transport, directory, id),
});
