// People of a server on Postgres, each with an organization of their own and signed in twice: in a browser and by the
// command.
import { logIn } from '../../test/support/oauth.ts';
import { Visitor } from '../../test/support/visitor.ts';
import { ADA, type BenchServer } from './server.ts';

export interface BenchPerson {
  readonly email: string;
  readonly password: string;
  readonly organizationId: string;
  readonly browser: Visitor;
  readonly accessToken: string;
  refreshToken: string;
}

export async function addPeople(server: BenchServer, count: number): Promise<readonly BenchPerson[]> {
  const numbers = `generate_series(1, ${count}) i`;
  await server.sql(
    `INSERT INTO organizations (id, name, created_at) SELECT 'org_own' || i, 'Own', now() FROM ${numbers}`,
  );
  await server.sql(
    `INSERT INTO people (id, email, name, password_hash, password_changed_at, created_at)
     SELECT 'user_own' || i, 'own' || i || '@acme.example', 'Own', ada.password_hash, now(), now()
     FROM people ada, ${numbers} WHERE ada.email = '${ADA.email}'`,
  );
  await server.sql(
    `INSERT INTO memberships (person_id, organization_id, role, created_at)
     SELECT 'user_own' || i, 'org_own' || i, 'admin', now() FROM ${numbers}`,
  );
  return await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const organizationId = `org_own${index + 1}`;
      const person = { email: `own${index + 1}@acme.example`, password: ADA.password, organizationId };
      const browser = new Visitor(server.url);
      await browser.signIn(person);
      const { access_token: accessToken, refresh_token: refreshToken } = await logIn(server.url, person, browser);
      return { ...person, browser, accessToken, refreshToken };
    }),
  );
}
