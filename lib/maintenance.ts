/** At most 100 droplets have one role: 2^7 places a day, 11 minutes apart, give each its own. */
const BITS = 7;
const SPACING = 11;

/**
 * The time of day, HH:MM in UTC, at which a droplet updates itself and reboots if it must.
 *
 * It follows from the droplet's own number alone, so that scaling a role moves nobody else's time. Counting with the bits
 * reversed puts each next droplet into the widest gap: the two of a pair are half a day apart.
 *
 * @param index the droplet's number within its role, from 1
 * @param shift minutes, below 11, that keep the droplets of different roles apart
 */
export function maintenanceTime(index: number, shift: number): string {
  const bits = (index - 1).toString(2).padStart(BITS, '0');
  const place = Number.parseInt(bits.split('').reverse().join(''), 2);
  const minute = place * SPACING + shift;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
