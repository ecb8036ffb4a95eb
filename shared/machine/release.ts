/** The kernel that a machine says it runs. */
export const KERNEL_RELEASE = '6.1.0-18-amd64';
