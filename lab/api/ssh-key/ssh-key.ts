import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Api } from '../api';
import type { Cloud } from '../server/cloud';
import { found, unprocessable } from '../server/errors';
import { idOf } from '../server/id';
import { openapi } from '../server/provenance';
import { list, type Route, route } from '../server/route';
import { SSH_KEYS, type SshKey } from './stored-ssh-key';

const answer = openapi(
  z.strictObject({ id: z.int(), fingerprint: z.string(), public_key: z.string(), name: z.string() }),
  'ssh_key',
);
const oneKey = openapi(z.strictObject({ ssh_key: answer }));
const readOnly = { id: z.int().nullish(), fingerprint: z.string().nullish() };
const createBody = openapi(z.strictObject({ ...readOnly, name: z.string().min(1), public_key: z.string() }));
const updateBody = openapi(z.strictObject({ name: z.string().min(1) }));

const view = (key: SshKey) => ({
  id: key.id,
  fingerprint: key.fingerprint,
  public_key: key.publicKey,
  name: key.name,
});

/** A key by its id or its fingerprint. */
export function findSshKey(cloud: Cloud, identifier: string | number): SshKey | undefined {
  const byId = cloud.of(SSH_KEYS).get(idOf(identifier));
  return (
    byId ??
    cloud
      .of(SSH_KEYS)
      .values()
      .find(({ fingerprint }) => fingerprint === identifier)
  );
}

/** An algorithm, then base64 of at least the length that an Ed25519 key has. */
const PUBLIC_KEY =
  /^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3}|sk-[\w-]+@openssh\.com) ([A-Za-z0-9+/]{66,}={0,2})( |$)/;

/** @throws 422 when the text does not look like a public key in OpenSSH's format */
function fingerprintOf(publicKey: string): string {
  const [, , , body] = PUBLIC_KEY.exec(publicKey.trim().replace(/\s+/g, ' ')) ?? [];
  if (body === undefined)
    throw unprocessable('Key invalid, key should be of the format `ssh-ed25519 AAAA...`.');
  const hex = createHash('md5').update(Buffer.from(body, 'base64')).digest('hex');
  return (hex.match(/../g) as string[]).join(':');
}

export const sshKeyRoutes = ({ cloud }: Api): Route[] => [
  list({
    call: 'GET /v2/account/keys',
    operation: 'sshKeys_list',
    scopes: [['ssh_key:read']],
    key: 'ssh_keys',
    item: answer,
    all: () => cloud.of(SSH_KEYS).values(),
    view,
  }),
  route({
    call: 'POST /v2/account/keys',
    operation: 'sshKeys_create',
    scopes: [['ssh_key:create']],
    body: createBody,
    status: 201,
    answer: oneKey,
    guesses: ['422 for a key that the account has already. Of a key only the form is checked.'],
    handle: ({ body }) => {
      const fingerprint = fingerprintOf(body.public_key);
      if (findSshKey(cloud, fingerprint)) throw unprocessable('SSH Key is already in use on your account');
      const id = cloud.nextId();
      return {
        ssh_key: view(
          cloud.of(SSH_KEYS).set(id, { id, fingerprint, publicKey: body.public_key, name: body.name }),
        ),
      };
    },
  }),
  route({
    call: 'GET /v2/account/keys/:ssh_key_identifier',
    operation: 'sshKeys_get',
    scopes: [['ssh_key:read']],
    status: 200,
    answer: oneKey,
    handle: ({ params }) => ({ ssh_key: view(found(findSshKey(cloud, params.ssh_key_identifier ?? ''))) }),
  }),
  route({
    call: 'PUT /v2/account/keys/:ssh_key_identifier',
    operation: 'sshKeys_update',
    scopes: [['ssh_key:update']],
    body: updateBody,
    status: 200,
    answer: oneKey,
    handle: ({ params, body }) => {
      const key = found(findSshKey(cloud, params.ssh_key_identifier ?? ''));
      return { ssh_key: view(cloud.of(SSH_KEYS).set(key.id, { ...key, name: body.name })) };
    },
  }),
  route({
    call: 'DELETE /v2/account/keys/:ssh_key_identifier',
    operation: 'sshKeys_delete',
    scopes: [['ssh_key:delete']],
    status: 204,
    handle: ({ params }) =>
      cloud.of(SSH_KEYS).delete(found(findSshKey(cloud, params.ssh_key_identifier ?? '')).id),
  }),
];
