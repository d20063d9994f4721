/** The end of a command whose reason stands on the terminal already. */
export class Explained extends Error {
  constructor(readonly status: number) {
    super(`ended with status ${status}`);
  }
}
