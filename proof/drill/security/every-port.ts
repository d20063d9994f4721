import type { Drill } from '../run/experiment';

export default {
  number: 28,
  title: 'Visitors and all droplets knock at all 65,535 TCP ports of every address of every droplet',
  hypothesis: 'Exactly the declared flows pass, and everybody is served as always.',
  limits: { failed: 0, unknown: 0, moves: 0 },
  calm: 5,
  async method(lab) {
    const { knocks, passages, declared } = await lab.knock();
    const missing = declared.filter((flow) => !passages.includes(flow));
    const undeclared = passages.filter((flow) => !declared.includes(flow));
    await lab.find(
      `${knocks.toLocaleString('en')} knocks, of ${declared.length} flows all but ${missing.length} pass`,
    );
    await lab.expect(
      `no other passes: ${undeclared.join(', ') || 'none does'}`,
      async () => undeclared.length === 0,
    );
    await lab.expect(
      `each of them passes: ${missing.join(', ') || 'none is missing'}`,
      async () => missing.length === 0,
    );
  },
} satisfies Drill;
