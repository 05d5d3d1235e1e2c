export { type Page, parsePage, skipTake } from './page.ts';
