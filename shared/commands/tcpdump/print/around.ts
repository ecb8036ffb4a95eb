/** The header around a transport header: whose addresses and sum it needs. */
export interface Around {
  readonly version: 4 | 6;
  /** What its own header names: addresses are told once, there or with the ports. */
  readonly protocol: number;
  readonly source: string;
  readonly target: string;
  readonly isFragment: boolean;
  /** Sum of the pseudo header for a transport protocol and a length. */
  readonly pseudo: (protocol: number, length: number) => number;
  /** What TCP sorts connections by. */
  readonly isLater: boolean;
}

/** `10.0.0.1.80 > 10.0.0.2.443: `; ports alone behind an extension header. */
export const endsText = ({ protocol, source, target }: Around, own: number, from: string, to: string): string =>
  protocol === own ? `${source}.${from} > ${target}.${to}: ` : `${from} > ${to}: `;
