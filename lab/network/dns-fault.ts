/**
 * What is wrong with a name server: it says nothing; it answers with this code; NOERROR with nothing in it; bytes that
 * are no DNS message; or a proper answer with an address that is nobody's.
 */
export const DNS_FAULTS = [
  'silent',
  'SERVFAIL',
  'REFUSED',
  'NXDOMAIN',
  'empty',
  'rubbish',
  'wrong-address',
] as const;
export type DnsFault = (typeof DNS_FAULTS)[number];
