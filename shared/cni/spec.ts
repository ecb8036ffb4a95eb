/**
 * The Container Network Interface as data: configurations, results, errors (github.com/containernetworking/cni, SPEC.md 1.1.0), and how a
 * result is written for each version.
 */
export const SPEC_VERSIONS = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;
/** What plugins of containernetworking/plugins 1.1 support. */
export const PLUGIN_VERSIONS: readonly string[] = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0'];

export type Command = 'ADD' | 'DEL' | 'CHECK' | 'GC' | 'STATUS' | 'VERSION';

/** Well-known codes; 100 and more belong to plugins. */
export const ErrorCode = {
  incompatibleVersion: 1,
  unsupportedField: 2,
  unknownContainer: 3,
  invalidEnvironment: 4,
  ioFailure: 5,
  decodingFailure: 6,
  invalidNetworkConfig: 7,
  tryAgainLater: 11,
  internal: 999,
} as const;

export interface CniError {
  readonly code: number;
  readonly msg: string;
  readonly details?: string;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
export type JsonObject = { readonly [key: string]: Json | undefined };

/** A plugin's configuration as it stands in a list. */
export interface PluginConfig extends JsonObject {
  readonly type: string;
  readonly capabilities?: { readonly [name: string]: boolean };
}
export interface NetworkList {
  readonly name: string;
  readonly cniVersion: string;
  readonly disableCheck: boolean;
  readonly disableGC: boolean;
  readonly plugins: readonly PluginConfig[];
}

export interface Interface {
  readonly name: string;
  readonly mac?: string;
  /** Path of its namespace; absent on the host. */
  readonly sandbox?: string;
}
export interface IpConfig {
  /** Index into `interfaces`. */
  readonly interface?: number;
  /** `10.244.1.3/24`. */
  readonly address: string;
  readonly gateway?: string;
}
export interface RouteConfig {
  readonly dst: string;
  readonly gw?: string;
}
export interface Dns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}
/** A result in the form of 1.0.0, whatever version it came in. */
export interface CniResult {
  readonly interfaces: readonly Interface[];
  readonly ips: readonly IpConfig[];
  readonly routes: readonly RouteConfig[];
  readonly dns: Dns;
}
export const EMPTY_RESULT: CniResult = { interfaces: [], ips: [], routes: [], dns: {} };

export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < 3; i++) if ((left[i] ?? 0) !== (right[i] ?? 0)) return (left[i] ?? 0) - (right[i] ?? 0);
  return 0;
}
const isIpv6 = (text: string): boolean => text.includes(':');

/** As the version writes it: before 0.3.0 one address of each family, before 1.0.0 with the family of each. */
export function encodeResult(result: CniResult, cniVersion: string): JsonObject {
  const version = cniVersion === '' ? '0.1.0' : cniVersion;
  if (compareVersions(version, '0.3.0') < 0) return encodeOldResult(result, version);
  const isOld = compareVersions(version, '1.0.0') < 0;
  return {
    cniVersion: version,
    ...(result.interfaces.length > 0 ? { interfaces: result.interfaces as unknown as Json } : {}),
    ...(result.ips.length > 0 ? { ips: result.ips.map((ip) => ({ ...(isOld ? { version: isIpv6(ip.address) ? '6' : '4' } : {}), ...ip })) } : {}),
    ...(result.routes.length > 0 ? { routes: result.routes as unknown as Json } : {}),
    dns: result.dns as unknown as Json,
  };
}
function encodeOldResult(result: CniResult, cniVersion: string): JsonObject {
  const family = (wanted: boolean): Json | undefined => {
    const ip = result.ips.find((one) => isIpv6(one.address) === wanted);
    const routes = result.routes.filter((route) => isIpv6(route.dst) === wanted);
    return (
      ip && {
        ip: ip.address,
        ...(ip.gateway === undefined ? {} : { gateway: ip.gateway }),
        ...(routes.length > 0 ? { routes: routes as unknown as Json } : {}),
      }
    );
  };
  const ip4 = family(false);
  const ip6 = family(true);
  return { cniVersion, ...(ip4 === undefined ? {} : { ip4 }), ...(ip6 === undefined ? {} : { ip6 }), dns: result.dns as unknown as Json };
}

/** A result of any version; undefined for what is none. */
export function decodeResult(data: Json | undefined): { readonly result: CniResult; readonly cniVersion: string } | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const record = data as JsonObject;
  const cniVersion = typeof record['cniVersion'] === 'string' && record['cniVersion'] !== '' ? record['cniVersion'] : '0.1.0';
  if (!(SPEC_VERSIONS as readonly string[]).includes(cniVersion)) return undefined;
  const dns = (record['dns'] ?? {}) as unknown as Dns;
  if (compareVersions(cniVersion, '0.3.0') < 0) {
    const ips: IpConfig[] = [];
    const routes: RouteConfig[] = [];
    for (const key of ['ip4', 'ip6'] as const) {
      const old = record[key] as { readonly ip?: string; readonly gateway?: string; readonly routes?: readonly RouteConfig[] } | undefined;
      if (old?.ip === undefined) continue;
      ips.push({ address: old.ip, ...(old.gateway === undefined ? {} : { gateway: old.gateway }) });
      routes.push(
        ...(old.routes ?? []).map((route) => ({
          dst: route.dst,
          ...(route.gw === undefined && old.gateway === undefined ? {} : { gw: route.gw ?? old.gateway! }),
        })),
      );
    }
    return { result: { interfaces: [], ips, routes, dns }, cniVersion };
  }
  const list = <T>(key: string): readonly T[] => (Array.isArray(record[key]) ? (record[key] as readonly T[]) : []);
  const ips = list<IpConfig & { readonly version?: string }>('ips').map(({ version: _, ...ip }) => ip);
  return { result: { interfaces: list('interfaces'), ips, routes: list('routes'), dns }, cniVersion };
}

/** Go's encoding/json with four spaces, as plugins print results and errors. */
export const printJson = (data: Json): string => JSON.stringify(data, null, 4);
