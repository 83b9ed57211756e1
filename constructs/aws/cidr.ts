/**
 * Splits an IPv4 range into equal parts, one per availability zone (a power of two of them; the spare part of three
 * zones stays free).
 * @throws for a text that is not an IPv4 range, or whose parts would be smaller than /28, the smallest subnet of AWS.
 */
export function splitCidr(cidr: string, parts: number): readonly string[] {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const octets = match?.slice(1, 5).map(Number);
  if (!match || !octets || octets.some((octet) => octet > 255)) throw new Error(`"${cidr}" is not an IPv4 range; write it as 10.0.0.0/24.`);
  const bits = Math.ceil(Math.log2(parts));
  const length = Number(match[5]) + bits;
  if (length > 28) throw new Error(`"${cidr}" is too small for ${parts} zones; allowed: /${28 - bits} or larger, because AWS subnets are /28 at least.`);
  const base = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - length);
  return Array.from({ length: parts }, (_unused, index) => {
    const address = base + index * size;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${length}`;
  });
}
