/** A range of IPv4 addresses. `first` is the network address as an unsigned 32-bit number. */
export interface Cidr {
  readonly first: number;
  /** Prefix length, 0 to 32. */
  readonly prefix: number;
}

const DOTTED = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** Number of addresses in a range. */
export function cidrSize(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefix);
}

/**
 * Reads `a.b.c.d/prefix`. Undefined when the text is no IPv4 range, has leading zeros (read as octal by some tools)
 * or has bits set beyond its prefix.
 */
export function parseCidr(text: string): Cidr | undefined {
  const match = DOTTED.exec(text);
  if (!match) return undefined;
  const parts = match.slice(1).map(Number);
  if (parts.join('.') !== match.slice(1).join('.')) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = parts;
  if (Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;
  const cidr = { first: ((a * 256 + b) * 256 + c) * 256 + d, prefix };
  return cidr.first % cidrSize(cidr) === 0 ? cidr : undefined;
}

/** `a.b.c.d/prefix`. */
export function formatCidr(cidr: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(cidr.first / 2 ** shift) % 256);
  return `${octets.join('.')}/${cidr.prefix}`;
}

/** Whether every address of `inner` is in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.prefix >= outer.prefix && inner.first >= outer.first && inner.first < outer.first + cidrSize(outer);
}

/** Whether two ranges share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return contains(a, b) || contains(b, a);
}

/** RFC 1918. */
const PRIVATE: readonly Cidr[] = [
  { first: 0x0a000000, prefix: 8 },
  { first: 0xac100000, prefix: 12 },
  { first: 0xc0a80000, prefix: 16 },
];

/** Whether a range is inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918). */
export function isPrivate(cidr: Cidr): boolean {
  return PRIVATE.some((range) => contains(range, cidr));
}

/** Smallest subnet that AWS accepts, which is the strictest of the three clouds. */
const LONGEST_SUBNET_PREFIX = 28;

/**
 * Splits a range into equal subnets, one per zone, in address order. The number of subnets is rounded up to a power of
 * two, so that adding a zone within that number moves no existing subnet.
 * @param range IPv4 range, for example a segment's `cidr`.
 * @param zones number of availability zones, 1 to 8.
 * @throws if `range` is no IPv4 range, `zones` is out of bounds, or a subnet would be smaller than /28.
 */
export function zoneSubnets(range: string, zones: number): readonly string[] {
  const cidr = parseCidr(range);
  if (!cidr) throw new Error(`"${range}": must be an IPv4 range such as 10.20.0.0/24`);
  if (!Number.isInteger(zones) || zones < 1 || zones > 8) throw new Error(`${zones} zones: must be a whole number, 1 to 8`);
  const prefix = cidr.prefix + Math.ceil(Math.log2(zones));
  if (prefix > LONGEST_SUBNET_PREFIX) {
    throw new Error(`"${range}" over ${zones} zones gives /${prefix} subnets: the smallest is /${LONGEST_SUBNET_PREFIX}; widen the range or use fewer zones`);
  }
  const size = cidrSize({ first: 0, prefix });
  return Array.from({ length: zones }, (_, zone) => formatCidr({ first: cidr.first + zone * size, prefix }));
}
