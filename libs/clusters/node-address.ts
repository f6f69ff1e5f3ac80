/** Why a node's address is refused; `undefined` when it is none. */
export function addressProblem(address: string): string | undefined {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be an http or https URL';
  if (!/^https?:\/\//i.test(address)) return 'must be an http or https URL';
  if (url.username !== '' || url.password !== '') return 'must not hold credentials';
  if (url.pathname !== '/' || address.includes('?') || address.includes('#'))
    return 'must have no path, query or fragment';
  if (url.port === '0') return 'must not have port 0';
  return undefined;
}

/** One spelling of an address: lower-case host, no default port, no slash at the end. */
export const canonicalAddress = (address: string): string => new URL(address).origin;
