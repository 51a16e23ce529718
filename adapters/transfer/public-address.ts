import ipaddr from 'ipaddr.js'

/**
 * Whether an IP address, as text, is one that anybody on the internet can reach. Everything with a special
 * purpose is not: loopback, private, link-local, cloud metadata, carrier NAT, multicast, benchmarks. An IPv6 address
 * that a NAT64 gateway made of an IPv4 address is judged by that one; other IPv6 ranges that carry one are refused.
 */
export function isPublicAddress(text: string): boolean {
  const address = parsedAddress(text)
  if (address === undefined || address.range() !== 'unicast') return false
  // IANA has allocated global unicast only here; what ipaddr.js does not know by name is no exception.
  return address.kind() === 'ipv4' || address.match(ipaddr.parse('2000::'), 3)
}

/** Whether an IP address lies in one of the ranges, each an address or `address/bits`. */
export function isWithin(text: string, ranges: readonly string[]): boolean {
  const written = ipaddr.isValid(text) ? ipaddr.process(text) : undefined
  const meant = parsedAddress(text)
  return ranges.some((range) => {
    if (!isRange(range)) return false
    const [base, bits] = range.includes('/') ? ipaddr.parseCIDR(range) : asRange(range)
    return [written, meant].some((address) => address?.kind() === base.kind() && address.match(base, bits))
  })
}

/** Whether a text is an IP address or `address/bits`. */
export function isRange(text: string): boolean {
  return ipaddr.isValidCIDR(text) || ipaddr.isValid(text)
}

/** The host of a URL when it is an IP address, without brackets; undefined for a name. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname
  return ipaddr.isValid(bare) ? bare : undefined
}

/** Where every network may have its NAT64 gateway. Source: RFC 6052 §2.1. */
const NAT64 = ipaddr.parse('64:ff9b::')
const NAT64_BITS = 96

/** The address that a connection reaches in the end: IPv4-mapped addresses and those of NAT64 are IPv4 ones. */
function parsedAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!ipaddr.isValid(text)) return undefined
  const address = ipaddr.process(text)
  if (address.kind() !== 'ipv6' || !address.match(NAT64, NAT64_BITS)) return address
  return ipaddr.fromByteArray(address.toByteArray().slice(-4))
}

function asRange(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
