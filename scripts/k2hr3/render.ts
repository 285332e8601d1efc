import {createStyle} from '../report/style.js';
import {formatTable} from '../report/table.js';
import type {CheckedRing, ClusterStatus, Expires, Registered} from './documents.js';

const lasting = (expires: Expires): readonly string[] => (['server', 'slave'] as const).map(part => `Token for ${part} nodes: ${expires[part] === null ? 'none' : `valid until ${expires[part]}`}.`);

export const renderChecked = ({url, project, versions, api, ring}: CheckedRing): readonly string[] => [
	`K2HR3 at ${url} answers and takes a token of Keystone for the project ${project}. API ${versions.join(', ')}, which offers: ${api.join(', ')}.`,
	...(ring === undefined ? [] : [`Its ring: server node ${ring.server}, slave node ${ring.slave}.`]),
];

export const renderRegistered = ({cluster, project, keys, expires}: Registered): readonly string[] => [
	`Cluster ${cluster} of project ${project} is registered.`,
	...lasting(expires),
	'',
	...formatTable(Object.entries(keys).map(([name, value]) => [name, value])),
];

const renderMembers = ({members}: ClusterStatus, color: boolean): readonly string[] => members.length === 0
	? ['No node has registered.']
	: formatTable([['node', 'address', 'instance', 'name'].map(word => createStyle(color).bold(word)), ...members.map(({part, address, cuk, name}) => [part, address, cuk, name])]);

export const renderClusterStatus = (status: ClusterStatus, color: boolean): readonly string[] => [
	status.registered ? `Cluster ${status.cluster} of project ${status.project} is registered.` : `Cluster ${status.cluster} of project ${status.project} is not registered: ${status.missing.join(', ')} missing.`,
	...lasting(status.expires),
	...renderMembers(status, color),
];
