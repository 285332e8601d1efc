/** Where the environment is built: this machine, or another one by SSH. */
export const isMachineAddress = (value: string): boolean => {
	if (value === 'local') {
		return true;
	}

	const url = URL.canParse(value) ? new URL(value) : undefined;
	return url?.protocol === 'ssh:' && url.hostname !== '' && url.password === ''
		&& ['', '/'].includes(url.pathname) && url.search === '' && url.hash === '';
};
