import {pass, warn} from '../checkResult.js';
import type {Judge} from './judge.js';

const slow = 'servers are emulated, and take many times longer';

/** How to get what the processor does not show. */
const showIt = (hypervisor: string | undefined): string => hypervisor === undefined
	? 'Switch virtualisation on in the firmware of the machine.'
	: `Let its hypervisor (${hypervisor}) pass it on: nested virtualisation, with the processor of the host. Under KVM that is the option nested=1 of kvm_intel or kvm_amd on the host, and cpu mode host-passthrough of this machine.`;

/** Whether Nova can start servers by KVM. Without it they are emulated: nothing fails, all is slow. */
export const virtualisation: Judge = {
	id: 'virtualisation', title: 'Virtualisation', stage: 'machine',
	judge({virtualisation: {flag, kvm, nesting, container, hypervisor}}) {
		if (container !== undefined) {
			return warn(`the machine is a container (${container}): it has the kernel of its host, and may lack modules and rights`, 'Use a virtual machine, or leave out what such a kernel cannot do.');
		}

		if (flag === undefined) {
			return warn(`the processor shows no virtualisation: ${slow}`, showIt(hypervisor));
		}

		if (!kvm) {
			return warn(`the processor has it (${flag}), but /dev/kvm is not there: ${slow}`, `Load the module: modprobe ${flag === 'vmx' ? 'kvm_intel' : 'kvm_amd'}.`);
		}

		const where = hypervisor === undefined ? '' : `, inside ${hypervisor}`;
		return pass(`KVM by ${flag}${where}${nesting === undefined ? '' : `; its servers may ${nesting ? '' : 'not '}have servers of their own`}`);
	},
};
