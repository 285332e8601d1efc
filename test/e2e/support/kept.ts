import type {ExecutionContext} from 'ava';
import {openCloud} from './cloud.js';
import {paths} from './tool.js';

/** Something in Keystone's and in Swift's data that no step makes; repeatable. */
export const leaveData = async (): Promise<void> => {
	const cloud = await openCloud((await paths()).environment);
	await cloud.ask(5000, '/v3/projects', {method: 'POST', body: {project: {name: 'kept', domain_id: 'default'}}});
	await cloud.ask(8080, `/v1/AUTH_${cloud.project}/kept`, {method: 'PUT'});
	await cloud.ask(8080, `/v1/AUTH_${cloud.project}/kept/object`, {method: 'PUT', body: {kept: true}});
};

export const dataIsKept = async (t: ExecutionContext): Promise<void> => {
	const cloud = await openCloud((await paths()).environment);
	const {body} = await cloud.ask(5000, '/v3/projects?name=kept');
	t.is((body as {projects: unknown[]}).projects.length, 1);
	t.deepEqual(await cloud.ask(8080, `/v1/AUTH_${cloud.project}/kept/object`), {status: 200, body: {kept: true}});
};
