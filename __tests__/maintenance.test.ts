import { maintenanceTime } from '../lib/maintenance';

const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

describe('the maintenance time', () => {
  test('is a time of the day for each of 100 droplets', () => {
    for (let index = 1; index <= 100; index++) {
      expect(maintenanceTime(index, 6)).toMatch(/^([01]\d|2[0-3]):[0-5]\d$/);
    }
  });

  test('is half a day apart for the two droplets of a pair', () => {
    expect(Math.abs(minutes(maintenanceTime(1, 0)) - minutes(maintenanceTime(2, 0)))).toBeGreaterThan(660);
  });

  test('is at least 11 minutes apart for any two droplets of a role, also over midnight', () => {
    const times = Array.from({ length: 100 }, (_, i) => minutes(maintenanceTime(i + 1, 0))).sort(
      (a, b) => a - b,
    );
    const gaps = times.map((time, i) =>
      i === 0 ? time + 1440 - (times.at(-1) ?? 0) : time - (times[i - 1] ?? 0),
    );
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(11);
  });

  test('differs between any two droplets of different roles', () => {
    const times = [0, 2, 4, 6].flatMap((shift) =>
      Array.from({ length: 100 }, (_, i) => maintenanceTime(i + 1, shift)),
    );
    expect(new Set(times).size).toBe(400);
  });
});
