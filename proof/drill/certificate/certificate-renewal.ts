import type { Actions } from '../run/actions';
import type { Drill } from '../run/experiment';

const SERIAL =
  '. /run/scale-up/addresses.env; openssl s_client -connect $ANCHOR_IP:443 </dev/null 2>/dev/null | openssl x509 -noout -serial 2>/dev/null || true';

/** Of the certificates with which both load balancers answer now; empty where none does. */
export const serials = (lab: Actions) =>
  Promise.all([lab.active, lab.standby].map((name) => lab.look(name, SERIAL)));

/** Waits until both answer with another one. */
export async function untilRenewed(lab: Actions, before: readonly string[], seconds: number): Promise<void> {
  const begun = Date.now();
  await lab.expect('both load balancers had a certificate', async () => before.every(Boolean));
  await lab.until('both load balancers answer with a new certificate', seconds, async () =>
    (await serials(lab)).every((serial, i) => serial && serial !== before[i]),
  );
  await lab.find(`both certificates new within ${Math.ceil((Date.now() - begun) / 1000)} s`);
}

export default {
  number: 22,
  variant: 'renewed',
  title: 'The certificates of both load balancers come near their end',
  hypothesis: 'They are renewed by themselves, and nobody notices.',
  limits: { failed: 0, unknown: 0, slow: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const before = await serials(lab);
    // Of 90 days: less than a third is left.
    await Promise.all(
      [lab.active, lab.standby].map((name) => lab.skew(name, 'scale-up-certificate', '+61d')),
    );
    await untilRenewed(lab, before, 60);
  },
} satisfies Drill;
