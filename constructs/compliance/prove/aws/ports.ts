import { Unknown, type Value } from '../../model.js';

/** Inclusive port range. */
export type Range = readonly [from: number, to: number];
/** Open ports per protocol; `other` stands for every protocol without ports (icmp and the rest). */
export interface Ports {
  readonly tcp: readonly Range[];
  readonly udp: readonly Range[];
  readonly other: boolean;
}

export const NO_PORTS: Ports = { tcp: [], udp: [], other: false };
const FULL: readonly Range[] = [[0, 65_535]];
export const ALL_PORTS: Ports = { tcp: FULL, udp: FULL, other: true };

/** Ports that a rule names; an Unknown protocol or port makes the rule not decidable. */
export function portsOf(protocol: Value | undefined, from: Value | undefined, to: Value | undefined): Ports | Unknown {
  for (const value of [protocol, from, to]) if (value instanceof Unknown) return value;
  const name = String(protocol as string | number | undefined ?? '').toLowerCase();
  if (name === '-1' || name === 'all') return ALL_PORTS;
  const bound = (value: Value | undefined, fallback: number): number => (value === undefined || value === null || Number(value) === -1 ? fallback : Number(value));
  const range: Range = [bound(from, 0), bound(to, 65_535)];
  if (name === 'tcp' || name === '6') return range.some(Number.isNaN) ? new Unknown(`ports ${String(from as string)}-${String(to as string)}`) : { ...NO_PORTS, tcp: [range] };
  if (name === 'udp' || name === '17') return range.some(Number.isNaN) ? new Unknown(`ports ${String(from as string)}-${String(to as string)}`) : { ...NO_PORTS, udp: [range] };
  return /^(icmp|icmpv6|\d+)$/.test(name) ? { ...NO_PORTS, other: true } : new Unknown(`protocol ${name || 'missing'}`);
}

function intersectRanges(one: readonly Range[], two: readonly Range[]): Range[] {
  return one.flatMap(([a, b]) => two.flatMap(([c, d]): Range[] => (Math.max(a, c) <= Math.min(b, d) ? [[Math.max(a, c), Math.min(b, d)]] : [])));
}

function uniteRanges(one: readonly Range[], two: readonly Range[]): Range[] {
  const result: [number, number][] = [];
  for (const [from, to] of [...one, ...two].sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

function subtractRanges(one: readonly Range[], two: readonly Range[]): Range[] {
  return two.reduce<readonly Range[]>((left, [c, d]) => left.flatMap(([a, b]): Range[] => [...(a < c ? [[a, Math.min(b, c - 1)] as const] : []), ...(b > d ? [[Math.max(a, d + 1), b] as const] : [])]), one) as Range[];
}

export const intersect = (one: Ports, two: Ports): Ports => ({ tcp: intersectRanges(one.tcp, two.tcp), udp: intersectRanges(one.udp, two.udp), other: one.other && two.other });
export const unite = (one: Ports, two: Ports): Ports => ({ tcp: uniteRanges(one.tcp, two.tcp), udp: uniteRanges(one.udp, two.udp), other: one.other || two.other });
export const subtract = (one: Ports, two: Ports): Ports => ({ tcp: subtractRanges(one.tcp, two.tcp), udp: subtractRanges(one.udp, two.udp), other: one.other && !two.other });
export const isEmpty = ({ tcp, udp, other }: Ports): boolean => tcp.length === 0 && udp.length === 0 && !other;
export const tcpPort = (port: number): Ports => ({ ...NO_PORTS, tcp: [[port, port]] });

/** `tcp/443`, `tcp/0-65535 udp/53`, `any`. */
export function portsText(ports: Ports): string {
  const full = (ranges: readonly Range[]): boolean => ranges.some(([from, to]) => from <= 1 && to === 65_535);
  if (full(ports.tcp) && full(ports.udp) && ports.other) return 'any';
  const list = (name: string, ranges: readonly Range[]): string[] => ranges.map(([from, to]) => `${name}/${from === to ? from : `${from}-${to}`}`);
  return [...list('tcp', ports.tcp), ...list('udp', ports.udp), ...(ports.other ? ['icmp'] : [])].join(' ');
}
