/**
 * A certificate authority that lives as long as a server does, and the certificate it gives that server, for loopback alone (RFC 5280). Node
 * reads certificates but makes none, so the few structures of ASN.1 (DER, X.690) that they need are written here.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface Identity {
  /** PEM, for clients. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Clocks differ a little. */
const BEFORE_MS = 3_600_000;
const VALID_MS = 365 * 24 * 3_600_000;

export function makeIdentity(name: string, nowMs: number): Identity {
  const authority = newKey();
  const server = newKey();
  const issuer = `${name} CA`;
  const root = certificate({ subject: issuer, issuer, nowMs, key: authority.publicKey, signer: authority.privateKey, extensions: AUTHORITY_EXTENSIONS });
  const leaf = certificate({ subject: name, issuer, nowMs, key: server.publicKey, signer: authority.privateKey, extensions: SERVER_EXTENSIONS });
  return { authority: pem(root), certificate: pem(leaf), key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;

// --- DER ---

const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31 } as const;

function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts: readonly Buffer[]): Buffer => tlv(TAG.sequence, Buffer.concat(parts));
const bits = (content: Buffer, unused = 0): Buffer => tlv(TAG.bits, Buffer.concat([Buffer.from([unused]), content]));
const explicit = (number: number, content: Buffer): Buffer => tlv(0xa0 | number, content);
const implicit = (number: number, content: Buffer): Buffer => tlv(0x80 | number, content);

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = rest.flatMap((number) => {
    const groups = [number & 0x7f];
    for (let left = number >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tlv(TAG.oid, Buffer.from([first * 40 + second, ...bytes]));
}

/** UTCTime: `YYMMDDhhmmssZ`. */
const time = (ms: number): Buffer => tlv(TAG.utcTime, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`));
const commonName = (name: string): Buffer => sequence(tlv(TAG.set, sequence(oid('2.5.4.3'), tlv(TAG.utf8, Buffer.from(name)))));

const extension = (id: string, content: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [tlv(TAG.boolean, Buffer.from([0xff]))] : []), tlv(TAG.octets, content));
const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const AUTHORITY_EXTENSIONS = [
  extension(BASIC_CONSTRAINTS, sequence(tlv(TAG.boolean, Buffer.from([0xff]))), true),
  extension(KEY_USAGE, bits(Buffer.from([0b0000_0100]), 2), true), // keyCertSign
];
const SERVER_EXTENSIONS = [
  extension(BASIC_CONSTRAINTS, sequence(), true),
  extension(KEY_USAGE, bits(Buffer.from([0b1000_0000]), 7), true), // digitalSignature
  extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))), // serverAuth
  extension('2.5.29.17', sequence(implicit(2, Buffer.from('localhost')), implicit(7, Buffer.from([127, 0, 0, 1])))),
];

interface Content {
  readonly subject: string;
  readonly issuer: string;
  readonly nowMs: number;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

function certificate({ subject, issuer, nowMs, key, signer, extensions }: Content): Buffer {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2')); // ecdsa-with-SHA256
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const content = sequence(
    explicit(0, tlv(TAG.integer, Buffer.from([2]))), // version 3
    tlv(TAG.integer, serial),
    algorithm,
    commonName(issuer),
    sequence(time(nowMs - BEFORE_MS), time(nowMs + VALID_MS)),
    commonName(subject),
    key.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  return sequence(content, algorithm, bits(sign('sha256', content, signer)));
}
