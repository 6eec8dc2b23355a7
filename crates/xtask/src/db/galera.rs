//! A Galera cluster: three `MariaDB` nodes on this machine that replicate to one another.

use std::{fs, path::PathBuf};

use rustix::process::Signal;

use super::{
    Recipe,
    account::Account,
    client,
    mariadb::{self, argument},
    needs, random,
    server::Launch,
    site::Site,
    url::{Protocol, Url},
};
use crate::{error::Error, tools::Need};

pub(super) struct Galera;

const LIBRARY: &str = "libgalera_smm.so";

const NEEDS: [Need; 7] = [
    mariadb::INSTALL,
    mariadb::SERVER,
    mariadb::CLIENT,
    Need { program: LIBRARY, why: "the replication", packages: &["galera-4"] },
    Need { program: "wsrep_sst_rsync", why: "to copy a node", packages: &["mariadb-server"] },
    Need { program: "rsync", why: "to copy a node", packages: &["rsync"] },
    Need { program: "lsof", why: "to copy a node", packages: &["lsof"] },
];

/// A node's place: its folder, and its ports for clients, the group, increments and whole copies.
struct Node {
    number: usize,
    folder: PathBuf,
    ports: [u16; 4],
}

impl Recipe for Galera {
    fn needs(&self) -> &'static [Need] {
        &NEEDS
    }

    fn stop(&self) -> Signal {
        Signal::TERM
    }

    /// Not one that still waits for a copy, or has lost the majority.
    fn answers(&self, url: &Url) -> bool {
        let state = client::attempt(url, "SHOW STATUS LIKE 'wsrep_local_state_comment'");
        state.is_some_and(|state| state.ends_with("\tSynced"))
    }

    /// A cluster without a node has no beginning: which of them got furthest would have to be found out first.
    fn outlives_all(&self) -> bool {
        false
    }

    fn set_up(&self, site: &mut Site<'_>) -> Result<(), Error> {
        let account = mariadb::account()?;
        let password = random::password()?;
        let all: [u16; 12] = random::ports()?;
        let mut nodes = Vec::new();
        for (number, ports) in (1..).zip(all.as_chunks().0) {
            let folder = site.private(&format!("node{number}"), account)?;
            nodes.push(Node { number, folder, ports: *ports });
        }
        let group = nodes.iter().map(|node| format!("127.0.0.1:{}", node.ports[1])).collect::<Vec<_>>().join(",");
        for node in &nodes {
            let first = node.number == 1;
            if first {
                mariadb::install(site, &node.folder, account, &password)?;
            } else {
                // Empty: the node copies the first.
                let data = mariadb::data(&node.folder);
                fs::create_dir(&data).map_err(Error::file("make", &data))?;
                account.own(&data)?;
            }
            let name = if first { "DATABASE_URL".to_owned() } else { format!("DATABASE_URL_{}", node.number) };
            let url = site.url(Protocol::Mysql, node.ports[0], &password);
            site.publish(&name, &url);
            let launch = launch_of(site, node, &group, account)?;
            if first {
                site.start_with(&name, launch, &["--wsrep-new-cluster"])?;
                site.wait(|| self.answers(&url))?;
            } else {
                site.start(&name, launch)?;
            }
        }
        site.wait_for_all(|url| self.answers(url))
    }
}

fn launch_of(site: &Site<'_>, node: &Node, group: &str, account: Account) -> Result<Launch, Error> {
    let Node { number, folder, ports: [client, member, increments, copies] } = node;
    let files = site.tls.as_ref().map(|tls| tls.copy(folder, account)).transpose()?;
    let mut options = mariadb::options(folder, *client, files.as_ref());
    options.extend(["--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--wsrep-on=ON", "--wsrep-sst-method=rsync"].map(str::to_owned));
    // The user of the tests makes triggers, which a server with a binary log takes for a privilege of its superuser.
    options.push("--log-bin-trust-function-creators=1".into());
    options.push(argument("wsrep-provider", &needs::program(LIBRARY)?));
    options.push(format!("--server-id={number}"));
    options.push(format!("--wsrep-node-name=node{number}"));
    options.push(format!("--wsrep-cluster-address=gcomm://{group}"));
    options.push(format!("--wsrep-node-address=127.0.0.1:{member}"));
    options.push(format!("--wsrep-node-incoming-address=127.0.0.1:{client}"));
    options.push(format!("--wsrep-sst-receive-address=127.0.0.1:{copies}"));
    options.push(format!("--wsrep-provider-options={}", provider_options(*member, *increments)));
    Ok(site.launch(&format!("node{number}"), needs::program("mariadbd")?, options, folder, account))
}

/// On one machine a node that says nothing for two seconds is dead, and not far away.
fn provider_options(member: u16, increments: u16) -> String {
    let listen = format!("gmcast.listen_addr=tcp://127.0.0.1:{member};ist.recv_addr=127.0.0.1:{increments}");
    let times = "evs.keepalive_period=PT0.5S;evs.inactive_check_period=PT0.25S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT5S";
    format!("{listen};gcache.size=32M;{times}")
}
