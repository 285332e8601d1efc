import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {renderTemplate, withSections, type IniSections, type TemplateValues} from '../../openstack/template.js';
import {packageRoot} from '../../packageRoot.js';
import {templateValues, withoutSecrets, type SandboxEnv} from '../sandboxEnv.js';

/** A file of a service, rendered from conf/sandbox. */
export type ServiceFile = {
	readonly template: string;
	readonly path: string;
	/** `root:GROUP`; default root:root. */
	readonly owner?: string;
	/** Default 0640: most hold passwords. */
	readonly mode?: number;
	/** Added at the end. */
	readonly sections?: (env: SandboxEnv) => IniSections;
};

const render = (file: ServiceFile, env: SandboxEnv, values: TemplateValues): string => {
	const template = readFileSync(path.join(packageRoot, 'conf/sandbox', file.template), 'utf8');
	const text = renderTemplate(template, values);
	return file.sections ? withSections(text, file.sections(env)) : text;
};

const sum = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The content as the service reads it. */
export const renderFile = (file: ServiceFile, env: SandboxEnv): string => render(file, env, templateValues(env));

/** SHA-256 by path of what should be there. */
export const expectedSums = (files: readonly ServiceFile[], env: SandboxEnv): Map<string, string> =>
	new Map(files.map(file => [file.path, sum(renderFile(file, env))]));

/** What the files depend on, without the secrets in them: a new password alone is no changed input. */
export const fileInputs = (files: readonly ServiceFile[], env: SandboxEnv): Record<string, string> =>
	Object.fromEntries(files.map(file => [file.path, sum(render(file, env, withoutSecrets(templateValues(env))))]));
