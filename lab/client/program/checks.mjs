/** What every JavaScript program here says: `differs: ...` for each expectation that the API does not meet. */
export const { URL: url = '', TOKEN: token = '' } = process.env;

export async function attempt(what, action) {
  try {
    return await action();
  } catch (error) {
    console.log(`differs: ${what}: ${error.message} ${JSON.stringify(error.response?.data ?? '')}`);
  }
}

export function equal(what, got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted))
    console.log(`differs: ${what}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
}

export async function until(what, isSo) {
  for (let n = 0; n < 600; n++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  console.log(`differs: ${what} never came true`);
}

export const DROPLET = { name: 'web-1', region: 'nyc3', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64' };
