import ipaddr from 'ipaddr.js'

/**
 * Whether an IP address, as text, is one that anybody on the internet can reach. Everything with a special
 * purpose is not: loopback, private, link-local, cloud metadata, carrier NAT, multicast, and the IPv6 ranges
 * that carry an IPv4 address inside.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  // `process` turns an IPv4-mapped IPv6 address into the IPv4 address that it connects to.
  const address = ipaddr.process(text)
  if (address.range() !== 'unicast') return false
  // IANA has allocated global unicast only here; what ipaddr.js does not know by name is no exception.
  return address.kind() === 'ipv4' || address.match(ipaddr.parse('2000::'), 3)
}

/** The host of a URL when it is an IP address, without brackets; undefined for a name. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname
  return ipaddr.isValid(bare) ? bare : undefined
}
