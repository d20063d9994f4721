import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  decode,
  encode,
  type Question,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';

export const RCODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

/** What a server says to one question. */
export interface Reply {
  readonly rcode: keyof typeof RCODES;
  readonly answers?: readonly Answer[];
  readonly authorities?: readonly Answer[];
  readonly authoritative?: boolean;
  readonly recursionAvailable?: boolean;
}

export type Responder = (question: Question) => Reply;

const HEADER_LENGTH = 12;
/** The name in the question, which is always the first thing after the header, as a compressed name. */
const QUESTION_NAME = Buffer.from([0xc0, HEADER_LENGTH]);
/** The largest answer that goes through any network in one piece: what servers agreed on in 2020. */
const LARGEST_DATAGRAM = 1232;

/** Decodes a query with exactly one question; anything else deserves no answer. */
export function decodeQuery(message: Buffer): DecodedPacket | undefined {
  try {
    const query = decode(message);
    return query.type === 'query' && query.questions?.length === 1 ? query : undefined;
  } catch {
    return undefined;
  }
}

/** The reply as a message of at most the length that the asker takes, else truncated to nothing but its header. */
export function encodeReply(query: DecodedPacket, reply: Reply, transport: 'tcp' | 'udp'): Buffer {
  const message = assemble(query, reply, 0);
  const fits = transport === 'tcp' || message.length <= datagramLimit(query);
  return fits ? message : assemble(query, { ...reply, answers: [], authorities: [] }, TRUNCATED_RESPONSE);
}

function assemble(query: DecodedPacket, reply: Reply, truncated: number): Buffer {
  const { answers = [], authorities = [] } = reply;
  const additionals = optOf(query) ? [opt()] : [];
  const flags =
    (query.flag_rd ? RECURSION_DESIRED : 0) |
    (reply.authoritative ? AUTHORITATIVE_ANSWER : 0) |
    (reply.recursionAvailable ? RECURSION_AVAILABLE : 0) |
    truncated |
    RCODES[reply.rcode];
  const head = encode({ type: 'response', id: query.id, flags, questions: query.questions });
  head.writeUInt16BE(answers.length, 6);
  head.writeUInt16BE(authorities.length, 8);
  head.writeUInt16BE(additionals.length, 10);
  const owner = questionName(head);
  return Buffer.concat([
    head,
    ...[...answers, ...authorities, ...additionals].map((record) => compressed(record, owner)),
  ]);
}

/** A record on the wire; the library does not compress names, without which a datagram holds half as many records. */
function compressed(record: Answer, owner: Buffer): Buffer {
  const wire = encode({ answers: [record] }).subarray(HEADER_LENGTH);
  const same = wire.subarray(0, owner.length).equals(owner);
  return same ? Buffer.concat([QUESTION_NAME, wire.subarray(owner.length)]) : wire;
}

function questionName(head: Buffer): Buffer {
  return head.subarray(HEADER_LENGTH, head.length - 4); // without type and class
}

function datagramLimit(query: DecodedPacket): number {
  const offered = optOf(query)?.udpPayloadSize ?? 512;
  return Math.min(Math.max(offered, 512), LARGEST_DATAGRAM);
}

function optOf(query: DecodedPacket) {
  return query.additionals?.find((record) => record.type === 'OPT');
}

function opt(): Answer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: LARGEST_DATAGRAM,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}
