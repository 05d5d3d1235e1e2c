export { createLife, type Health, type HealthState, type Life, type LifeOptions, type Report } from './life.ts';
export { type RunOptions, run } from './run.ts';
