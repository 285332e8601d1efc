import type {Config} from '../../../../config/schema.js';
import type {Machine} from '../../../../machines/types.js';
import {buildah} from './buildah.js';
import type {Builder} from './builder.js';
import {docker} from './docker.js';

/** Whether docker of the host could build now, and what was found. */
export type DockerAnswer = {readonly usable: boolean; readonly found: string};

export type ChosenBuilder = {
	readonly builder: Builder;
	/** A phrase for people: what was chosen and why. */
	readonly reason: string;
	/** Why the configured builder cannot be used. */
	readonly fault?: string;
};

/** `docker build --help` fails where BuildKit is asked for by DOCKER_BUILDKIT and its plugin is missing. */
export const askDocker = `
command -v docker >/dev/null || exit 0
docker context inspect --format 'endpoint {{.Endpoints.docker.Host}}' 2>/dev/null || true
code=0
said=$(timeout 10 docker version --format '{{.Server.Os}} {{.Server.Version}}' 2>&1) || code=$?
printf 'version %s %s\\n' "$code" "$(printf '%s' "$said" | tr '\\n' ' ')"
code=0
said=$(docker build --help 2>&1) || code=$?
[ "$code" = 0 ] || printf 'build %s\\n' "$(printf '%s' "$said" | head -n 1)"
`;

const no = (found: string): DockerAnswer => ({usable: false, found});

/** Reads what `askDocker` printed. A daemon elsewhere is no builder: it has another network, and archives would cross it four times. */
export const parseDockerAnswer = (output: string): DockerAnswer => {
	const [, code, said = ''] = /^version (\d+) (.*)$/m.exec(output) ?? [];
	const endpoint = /^endpoint (.+)$/m.exec(output)?.[1];
	const [system = '', version = ''] = said.split(' ');
	const cannot = /^build (.*)$/m.exec(output)?.[1];
	if (code === undefined) {
		return no('there is no docker on the host');
	}

	if (code !== '0' || version === '') {
		return no(code === '124' ? 'the docker daemon says nothing for 10 s' : `the docker daemon does not answer: ${said.trim()}`);
	}

	if (!endpoint?.startsWith('unix://')) {
		return no(`the docker daemon is not on the host: ${endpoint ?? 'its client names no endpoint'}`);
	}

	if (system !== 'linux') {
		return no(`the docker daemon makes images for ${system}`);
	}

	return cannot === undefined ? {usable: true, found: `version ${version} answers on ${endpoint}`} : no(`docker cannot build: ${cannot}`);
};

export const chooseBuilder = (wanted: Config['images']['builder'], answer: DockerAnswer): ChosenBuilder => {
	if (wanted === 'buildah') {
		return {builder: buildah, reason: 'buildah, as images.builder says'};
	}

	const {usable, found} = answer;
	if (wanted === 'docker') {
		return {builder: docker, reason: `docker, as images.builder says: ${found}`, ...(!usable && {fault: found})};
	}

	return usable ? {builder: docker, reason: `docker: ${found}`} : {builder: buildah, reason: `buildah: ${found}`};
};

/**
 * The builder of a configuration. It is no input of any image: an image of either has the same files and keeps the same contract, and only how
 * they are divided into layers differs, with the times in it. One that is there is as good when the daemon has been stopped since.
 */
export const findBuilder = async (host: Pick<Machine, 'script'>, {components, images}: Pick<Config, 'components' | 'images'>): Promise<ChosenBuilder> => {
	// Docker is only asked where the answer counts: its client takes a while.
	const asked = components.images && images.builder !== 'buildah';
	return chooseBuilder(images.builder, asked ? parseDockerAnswer((await host.script(askDocker, {timeout: 30})).stdout) : no('docker was not asked'));
};
