// jStat has no types of its own: what is used of it.
declare module 'jstat' {
  const jstat: {
    readonly normal: { inv(p: number, mean: number, deviation: number): number };
    readonly studentt: { inv(p: number, degreesOfFreedom: number): number };
  };
  export default jstat;
}
