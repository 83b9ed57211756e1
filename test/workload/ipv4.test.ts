import fc from 'fast-check';
import { cidrSize, contains, formatCidr, isPrivate, overlaps, parseCidr, zoneSubnets } from '../../constructs/workload/index.js';

const cidr = (text: string) => {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(text);
  return parsed;
};
const anyCidr = fc.tuple(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => {
  const size = 2 ** (32 - prefix);
  return { first: Math.floor(address / size) * size, prefix };
});

test.each(['10.0.0.0/8', '0.0.0.0/0', '255.255.255.255/32', '192.168.128.0/17'])('%s is a range', (text) => {
  expect(formatCidr(cidr(text))).toBe(text);
});

test.each(['', '10.0.0.0', '10.0.0.0/33', '10.0.0.1/24', '010.0.0.0/8', '10.0.0/8', '256.0.0.0/8', '10.0.0.0/08', ' 10.0.0.0/8', '10.0.0.0/8\n', '::/0', '10.0.0.0/-1', '1e1.0.0.0/8'])('%j is none', (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test('containment and overlap', () => {
  expect(contains(cidr('10.0.0.0/8'), cidr('10.255.0.0/16'))).toBe(true);
  expect(contains(cidr('10.0.0.0/16'), cidr('10.0.0.0/8'))).toBe(false);
  expect(contains(cidr('10.0.0.0/16'), cidr('10.1.0.0/16'))).toBe(false);
  expect(overlaps(cidr('10.0.0.0/16'), cidr('10.0.128.0/17'))).toBe(true);
  expect(overlaps(cidr('10.0.0.0/17'), cidr('10.0.128.0/17'))).toBe(false);
  expect(isPrivate(cidr('172.31.0.0/16'))).toBe(true);
  expect(isPrivate(cidr('172.32.0.0/16'))).toBe(false);
  expect(isPrivate(cidr('10.0.0.0/7'.replace('/7', '/8')))).toBe(true);
  expect(isPrivate(cidr('0.0.0.0/0'))).toBe(false);
});

test('ranges and text are the same thing; overlap agrees with the numbers', () => {
  fc.assert(fc.property(anyCidr, anyCidr, (a, b) => {
    expect(parseCidr(formatCidr(a))).toEqual(a);
    const last = (range: typeof a) => range.first + cidrSize(range) - 1;
    expect(overlaps(a, b)).toBe(a.first <= last(b) && b.first <= last(a));
  }));
});

describe('subnets per zone', () => {
  test.each([
    ['10.20.16.0/24', 1, ['10.20.16.0/24']],
    ['10.20.16.0/24', 2, ['10.20.16.0/25', '10.20.16.128/25']],
    ['10.20.16.0/24', 3, ['10.20.16.0/26', '10.20.16.64/26', '10.20.16.128/26']],
    ['10.20.255.192/26', 4, ['10.20.255.192/28', '10.20.255.208/28', '10.20.255.224/28', '10.20.255.240/28']],
  ])('%s over %i zones', (range, zones, subnets) => {
    expect(zoneSubnets(range, zones)).toEqual(subnets);
  });

  test('they are disjoint, inside the range, and a fourth zone moves none of three', () => {
    fc.assert(fc.property(anyCidr.filter(({ prefix }) => prefix >= 8 && prefix <= 25), fc.integer({ min: 1, max: 8 }), (range, zones) => {
      const subnets = zoneSubnets(formatCidr(range), zones).map(cidr);
      for (const [index, subnet] of subnets.entries()) {
        expect(contains(range, subnet)).toBe(true);
        for (const other of subnets.slice(index + 1)) expect(overlaps(subnet, other)).toBe(false);
      }
    }));
    expect(zoneSubnets('10.0.0.0/16', 4).slice(0, 3)).toEqual(zoneSubnets('10.0.0.0/16', 3));
  });

  test('what cannot be split', () => {
    expect(() => zoneSubnets('10.0.0.0/27', 3)).toThrow('"10.0.0.0/27" over 3 zones gives /29 subnets: the smallest is /28; widen the range or use fewer zones');
    expect(() => zoneSubnets('10.0.0.0/16', 0)).toThrow('0 zones: must be a whole number, 1 to 8');
    expect(() => zoneSubnets('${Token[1]}', 2)).toThrow('must be an IPv4 range');
  });
});
