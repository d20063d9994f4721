import { until } from './until';

test('what is waited for is asked for again, and handed on', async () => {
  let asked = 0;
  const patience = { within: 10_000, otherwise: 'never', pause: 1 };
  expect(await until(() => ++asked === 3 && 'there', patience)).toBe('there');
  expect(asked).toBe(3);
});

test('what does not come in time is said, with what was seen last', async () => {
  let asked = 0;
  const never = until(() => ++asked && undefined, {
    within: 20,
    otherwise: () => `asked ${asked} times`,
    pause: 5,
  });
  await expect(never).rejects.toThrow(/^asked [2-9] times$/);
});

test('a question that fails ends the waiting', async () => {
  const dead = until(() => Promise.reject(new Error('dead')), { within: 10_000, otherwise: 'never' });
  await expect(dead).rejects.toThrow('dead');
});
