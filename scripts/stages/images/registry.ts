import {isWithoutTls, registriesOf} from '../../config/insecureRegistries.js';
import {downloadPackages, installPackages} from '../machine/machinePackages.js';
import {serviceStep} from '../controlPlane/service.js';
import type {Registry} from '../imageEnv.js';
import type {SandboxEnv} from '../sandboxEnv.js';

const packages = {
	name: 'registry',
	of: 'the image registry',
	packages: ['docker-registry', 'openssl'],
	expected: {download: 5, install: 10},
};

export const registryDownload = downloadPackages(packages);
export const registryPackages = installPackages(packages);

const port = 5443;

/** HOST:PORT of the registry, as images are named by: the same for guests, the machine and its host. */
export const registryAddress = ({addresses}: Pick<SandboxEnv, 'addresses'>): string => `${addresses.current.machine}:${port}`;

/** Whether the configuration wants the registry itself without TLS. */
export const isPlain = (env: Pick<SandboxEnv, 'addresses' | 'config'>): boolean =>
	isWithoutTls(registryAddress(env), registriesOf(env.config.datastore.options.docker_insecure_registries));

/** http://… or https://… of the registry. */
export const registryUrl = (env: Pick<SandboxEnv, 'addresses' | 'config'>): string => `${isPlain(env) ? 'http' : 'https'}://${registryAddress(env)}`;

/** In the machine: certificate of the authority that guests are to trust. */
export const authorityFile = '/etc/k2hdkc-devstack/tls/ca.crt';

/** The registry of a sandbox. */
export const registryOf = (env: Pick<SandboxEnv, 'addresses' | 'config'>): Registry => ({address: registryAddress(env), isPlain: isPlain(env), authorityFile});

/** Days that certificates are good for: longer than any trial environment lives. */
const days = 3650;

/** Makes the authority once, and the registry's certificate when there is none by it for this address. Keys never leave the machine. */
const certificateScript = (env: SandboxEnv): string => `
install -d -m 755 /etc/k2hdkc-devstack/tls
cd /etc/k2hdkc-devstack/tls
umask 077
trap 'rm -f -- *.new' EXIT
if [ ! -s ca.crt ]; then
  openssl req -quiet -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days ${days} -subj '/CN=${env.machineName} certificate authority' \\
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.crt.new
  chmod 644 ca.crt.new
  mv ca.crt.new ca.crt
fi
if ! openssl verify -CAfile ca.crt -verify_ip ${env.addresses.current.machine} registry.crt >/dev/null 2>&1; then
  openssl req -quiet -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj '/CN=${env.machineName} registry' -keyout registry.key -out request.new
  printf 'subjectAltName=IP:%s,IP:127.0.0.1,DNS:%s\\nextendedKeyUsage=serverAuth\\n' '${env.addresses.current.machine}' '${env.machineName}' > extensions.new
  openssl x509 -req -in request.new -CA ca.crt -CAkey ca.key -days ${days} -extfile extensions.new -out registry.crt.new
  chown root:docker-registry registry.key
  chmod 640 registry.key
  chmod 644 registry.crt.new
  mv registry.crt.new registry.crt
fi
`;

/** The last lines of its configuration, which stand in the section `http`. */
const tls = `  tls:
    certificate: /etc/k2hdkc-devstack/tls/registry.crt
    key: /etc/k2hdkc-devstack/tls/registry.key
`;

export const registry = serviceStep({
	id: 'registry',
	title: 'Image registry, with TLS by an authority of the environment',
	needs: ['registry.packages'],
	files: [{template: 'registry.yml', path: '/etc/docker/registry/config.yml', mode: 0o644, appended: env => isPlain(env) ? '' : tls}],
	prepare: certificateScript,
	units: ['docker-registry'],
	ports: [port],
	inputs: env => ({address: registryAddress(env)}),
	async ask(env) {
		const {code, stdout} = await env.machine.run(['curl', '--silent', '--max-time', '5', '--cacert', authorityFile, `${registryUrl(env)}/v2/_catalog`], {allow: 'any'});
		return code === 0 ? `the registry has ${(JSON.parse(stdout) as {repositories: string[]}).repositories.length} repositories` : undefined;
	},
	expected: 5,
});
