import type { AppliedMigration, MigrationTarget } from './migrate.ts';
import { openSqliteFile } from './sqlite-file.ts';

/** Migrations on a SQLite file, made if missing. `begin immediate` keeps other processes out. */
export function sqliteTarget({ file }: { file: string }): MigrationTarget {
  const connection = openSqliteFile(file);
  connection.exec(
    "create table if not exists migration (id text primary key, sum text not null, at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')))",
  );
  const applied = connection.prepare<[], AppliedMigration>('select id, sum from migration order by id');
  const record = connection.prepare('insert into migration (id, sum) values (?, ?)');

  return {
    // Synchronous inside: another starter in this process can't come between and wait for our lock with the event loop in hand.
    async step(choose) {
      return connection
        .transaction(() => {
          const migration = choose(applied.all());
          if (migration === undefined) return undefined;
          connection.exec(migration.sql);
          record.run(migration.id, migration.sum);
          return migration;
        })
        .immediate();
    },
    async close() {
      connection.close();
    },
  };
}
