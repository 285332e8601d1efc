import type {Config} from '../../../config/schema.js';

/** Registries that are asked without TLS, or without trusting their authority, because the configuration says so; Trove's guests read the same option. */
export const insecureRegistries = ({datastore}: Pick<Config, 'datastore'>): readonly string[] => {
	const value = datastore.options.docker_insecure_registries ?? [];
	return (Array.isArray(value) ? value.map(String) : String(value).split(',')).map(each => each.trim());
};
