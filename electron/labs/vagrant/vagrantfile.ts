/**
 * What the text of a Vagrantfile tells without running it: boxes, addresses, memory. A Vagrantfile is a program, so this is what it says in plain
 * sight, good for a warning beforehand and for nothing else.
 */

export interface VagrantfileHints {
  readonly boxes: readonly { readonly name: string; readonly version?: string }[];
  readonly addresses: readonly string[];
  /** Of all machines together, as far as they are told. */
  readonly memoryMib: number;
}

export function readVagrantfile(text: string): VagrantfileHints {
  const code = text.replaceAll(/^\s*#.*$/gm, '');
  const names = [...code.matchAll(/\.vm\.box\s*=\s*(['"])([^'"]+)\1/g)].map(([, , name]) => name!);
  const versions = [...code.matchAll(/\.vm\.box_version\s*=\s*(['"])([^'"]+)\1/g)].map(([, , version]) => version!);
  const addresses = [...code.matchAll(/\b(?:ip|address)(?::|\s*=>)\s*(['"])(\d+\.\d+\.\d+\.\d+)\1/g)].map(([, , address]) => address!);
  const memories = [...code.matchAll(/\bmemory(?::|'?\s*=>|\s*=)\s*(['"]?)(\d{3,6})\1/g)].map(([, , memory]) => Number(memory));
  return {
    boxes: [...new Set(names)].map((name, index) => ({ name, ...(versions[index] !== undefined && { version: versions[index] }) })),
    addresses: [...new Set(addresses)],
    memoryMib: memories.reduce((sum, one) => sum + one, 0),
  };
}
