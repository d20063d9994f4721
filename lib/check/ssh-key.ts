import type { Api } from './api';
import { type Finding, ok, problemsOr } from './finding';
import type { Synthesized } from './synthesized';

export async function checkSshKeys(api: Api, { needs: { sshKeys } }: Synthesized): Promise<Finding[]> {
  if (sshKeys.length === 0) {
    return [ok('SSH keys', 'none is set, so that nobody can log in')];
  }
  const answers = await Promise.all(sshKeys.map((key) => api.get(`/account/keys/${key}`)));
  const missing = sshKeys.filter((_, index) => answers[index] === undefined);
  const problems = missing.map(
    (key) => `the account has no key ${key}; doctl compute ssh-key list names all`,
  );
  return problemsOr('SSH keys', problems, `the account has all ${sshKeys.length}`);
}
