// Chance that comes out the same again: what a test rolls hangs on its seed alone, which it prints.
export const SEED = Number(process.env.SEED ?? 20260401);

/** Random whole numbers below `most`, the same for every seed. */
export function dice(seed: number) {
  let state = seed >>> 0;
  return (most: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

export type Roll = ReturnType<typeof dice>;
