import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {renderTemplate, usedValues, withSections, type IniSections} from '../../openstack/template.js';
import {packageRoot} from '../../packageRoot.js';
import {templateValues, withoutSecrets, type SandboxEnv} from '../sandboxEnv.js';

/** A file of a service, rendered from conf/sandbox. */
export type ServiceFile = {
	/** Its place, as seen from there. */
	readonly template: string;
	readonly path: string;
	/** `root:GROUP`; default root:root. */
	readonly owner?: string;
	/** Default 0640: most hold passwords. */
	readonly mode?: number;
	/** Added at the end. */
	readonly sections?: (env: SandboxEnv) => IniSections;
	/** The same for a file that is not INI. */
	readonly appended?: (env: SandboxEnv) => string;
	/** The same for a text that holds a secret: of the inputs it is a digest. */
	readonly sealed?: (env: SandboxEnv) => string;
};

const readTemplate = ({template}: ServiceFile): string => readFileSync(path.join(packageRoot, 'conf/sandbox', template), 'utf8');

const sum = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The content as the service reads it. */
export const renderFile = (file: ServiceFile, env: SandboxEnv): string => {
	const text = renderTemplate(readTemplate(file), templateValues(env)) + (file.appended?.(env) ?? '') + (file.sealed?.(env) ?? '');
	return file.sections ? withSections(text, file.sections(env)) : text;
};

/** SHA-256 by path of what should be there. */
export const expectedSums = (files: readonly ServiceFile[], env: SandboxEnv): Map<string, string> =>
	new Map(files.map(file => [file.path, sum(renderFile(file, env))]));

/** What the files depend on: of the configuration only what they use. Without secrets: a new password alone is no changed input. */
export const fileInputs = (files: readonly ServiceFile[], env: SandboxEnv): Record<string, unknown> => {
	const values = withoutSecrets(templateValues(env));
	return Object.fromEntries(files.map(file => {
		const template = readTemplate(file);
		const used = Object.entries(usedValues(template, values)).filter(([, value]) => !String(value).startsWith('secret.'));
		return [file.path, {template: sum(template), ...Object.fromEntries(used), ...file.sections?.(env), ...(file.appended && {appended: file.appended(env)}), ...(file.sealed && {sealed: sum(file.sealed(env))})}];
	}));
};
