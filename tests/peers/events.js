// Subscribers to the org's events, by the client that its users take.
import PubSubApiClient from "salesforce-pubsub-api-client";
import { logIn, org } from "./org.js";

export const ACCOUNTS = "/data/AccountChangeEvent";
export const ORDERS = "/data/OrderChangeEvent";
export const PEOPLE = "/data/ContactChangeEvent";
export const UPDATES = "/event/Account_Internet_Eligibility_Update__e";

const QUIET = { debug() {}, info() {}, warn() {}, error() {} };
// The client brings root certificates of its own and takes no others, so that the org's can't be checked.
const HERE = { pubSubEndpoint: org.events, rejectUnauthorizedSsl: false };

/** A client, connected as `how` says; it is closed when the test is over. */
export async function connected(t, how, more = {}) {
  const client = new PubSubApiClient({ ...HERE, ...how, ...more }, QUIET);
  await client.connect();
  t.after(() => client.close());
  return client;
}

/** How one is connected who has logged in already. */
export async function given(who = "portal") {
  const { accessToken, userInfo } = await logIn(who);
  const instanceUrl = org.url.replace("http:", "https:"); // nothing else passes; it is only told on
  return { authType: "user-supplied", accessToken, instanceUrl, organizationId: userInfo.organizationId };
}

/** What a subscription brings, to be waited for. */
export class Heard {
  events = [];
  calls = [];
  #waiting = [];

  get callback() {
    return (info, type, data) => {
      this.calls.push({ type, data, info: { ...info } });
      if (type === "event") this.events.push(data);
      this.#waiting = this.#waiting.filter((look) => !look());
    };
  }

  /** The first `count` events for which `holds`. */
  heard(count, holds = () => true) {
    return this.#once(`${count} events`, () => {
      const found = this.events.filter(holds);
      return found.length >= count && found.slice(0, count);
    });
  }

  /** The first `count` results of what was published. */
  published(count) {
    return this.#once(`${count} results`, () => {
      const found = this.calls.flatMap((call) => call.data?.results ?? []);
      return found.length >= count && found.slice(0, count);
    });
  }

  /** The first call of that type: "error", "end", "lastEvent", ... */
  called(type) {
    return this.#once(type, () => this.calls.find((call) => call.type === type));
  }

  #once(what, found, seconds = 15) {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`no ${what} after ${seconds} s, but ${JSON.stringify(this.calls)}`));
      const timer = setTimeout(late, seconds * 1_000);
      const look = () => {
        const value = found();
        if (value) {
          clearTimeout(timer);
          resolve(value);
        }
        return Boolean(value);
      };
      if (!look()) this.#waiting.push(look);
    });
  }
}

/** What of an event's header its tests compare. */
export const header = (event) => event.payload.ChangeEventHeader;

/** Whether an event tells of that record. */
export const of = (id) => (event) => header(event).recordIds.includes(id);
