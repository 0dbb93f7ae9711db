// A mail server on this machine: takes mails, or is down, or refuses, as a test wants it.
import { simpleParser, type ParsedMail } from "mailparser";
import { SMTPServer } from "smtp-server";

export type Taken = ParsedMail & { to_: string[]; raw: string };

export class MailServer {
  private server?: SMTPServer;
  port = 0;
  /** The most bytes of a mail that it takes, as it says when it is greeted; 0 says nothing. Counts from when it begins to listen. */
  size = 0;
  /** What it took, the oldest first. */
  readonly taken: Taken[] = [];
  /** What it says to a recipient, instead of taking it. */
  refuses: { to: string; code: number; answer: string }[] = [];
  /** Breaks the connection once after a mail for one of these was handed over. */
  readonly breaksFor = new Set<string>();

  constructor(readonly user = "post", readonly password = "geheim") {}

  /** Begins to listen; on the same port as before. */
  async up() {
    const server = new SMTPServer({
      disabledCommands: ["STARTTLS"],
      size: this.size || undefined,
      allowInsecureAuth: true,
      authMethods: ["PLAIN", "LOGIN"],
      onAuth: ({ username, password }, _, done) =>
        username === this.user && password === this.password ? done(null, { user: username }) : done(new Error("Invalid username or password")),
      onRcptTo: ({ address }, _, done) => {
        const refused = this.refuses.find((refused) => refused.to === address);
        done(refused ? Object.assign(new Error(refused.answer), { responseCode: refused.code }) : null);
      },
      onData: (stream, session, done) => {
        const pieces: Buffer[] = [];
        stream.on("data", (piece) => pieces.push(piece));
        stream.on("end", async () => {
          if (session.envelope.rcptTo.some(({ address }) => this.breaksFor.delete(address))) {
            // The mail is here, and nobody is told so.
            for (const connection of (server as any).connections) if (connection.id === session.id) connection._socket.destroy();
            return;
          }
          const raw = Buffer.concat(pieces);
          const to_ = session.envelope.rcptTo.map((to) => to.address);
          this.taken.push(Object.assign(await simpleParser(raw), { to_, raw: raw.toString("utf8") }));
          done(null, "OK: queued");
        });
      },
    });
    server.on("error", () => {});
    await new Promise<void>((ready) => server.listen(this.port, "127.0.0.1", ready));
    this.port = (server.server.address() as { port: number }).port;
    this.server = server;
  }

  /** Listens no more. */
  async down() {
    const server = this.server;
    this.server = undefined;
    if (server) await new Promise<void>((ended) => server.close(ended));
  }

  /** What it took for that address. */
  for(address: string) {
    return this.taken.filter((mail) => mail.to_.includes(address));
  }
}
