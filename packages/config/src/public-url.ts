/** The address that browsers see, without a slash at the end; the scheme's own port is left out. */
export function publicUrl(values: {
  readonly BODHI_SCHEME: 'http' | 'https';
  readonly BODHI_HOST: string;
  readonly BODHI_PORT: number;
  readonly BODHI_PUBLIC_SCHEME?: 'http' | 'https' | undefined;
  readonly BODHI_PUBLIC_HOST?: string | undefined;
  readonly BODHI_PUBLIC_PORT?: number | undefined;
}): string {
  const scheme = values.BODHI_PUBLIC_SCHEME ?? values.BODHI_SCHEME;
  const host = values.BODHI_PUBLIC_HOST ?? values.BODHI_HOST;
  const port = values.BODHI_PUBLIC_PORT ?? values.BODHI_PORT;
  return new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`).origin;
}
