//! A mailbox on another server (IMAP4rev1): what is unread is read, and put where it belongs.
//!
//! It must not know what a mail says.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_imap::extensions::idle::IdleResponse;
use async_imap::{Client, Session};
use futures_util::TryStreamExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::mailbox_account::{MailboxAccount, Security};

/// Why a mailbox cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The server does not answer.
    #[error("the mail server {0} cannot be reached: {1}")]
    Unreachable(String, #[source] std::io::Error),
    /// The server cannot show who it is.
    #[error(
        "the mail server cannot show who it is: {0}; name the authority that vouches for it in mailbox.ca_file"
    )]
    Tls(#[source] std::io::Error),
    /// The file of authorities cannot be read.
    #[error("mailbox.ca_file cannot be read, or has no certificate in PEM")]
    Authorities,
    /// Wrong name or password.
    #[error("the mail server does not take the name or the password")]
    Refused,
    /// The folder is not there.
    #[error("the mail server has no folder {0:?} that could be read")]
    Folder(String),
    /// The exchange broke off.
    #[error("the mail server broke off: {0}")]
    Protocol(#[source] async_imap::error::Error),
    /// The time is up.
    #[error("the mail server does not answer in time")]
    TimedOut,
}

/// Longest time one step may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest time the reading of one mail may take.
const READING: Duration = Duration::from_secs(180);

/// Servers hang up on whoever is silent for half an hour (RFC 2177).
const LONGEST_IDLE: Duration = Duration::from_secs(25 * 60);

trait Wire: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Wire for T {}

type Boxed = Box<dyn Wire>;

/// An open folder of a mailbox.
pub struct Mailbox {
    session: Session<Boxed>,
    able: Able,
}

/// What a server can do beyond the least.
#[derive(Debug, Clone, Copy)]
struct Able {
    /// It tells of news by itself.
    waits: bool,
    /// It moves in one step.
    moves: bool,
    /// It lets one mail be removed, whatever else is marked as deleted.
    removes_one: bool,
}

impl Mailbox {
    /// Connects, says who wants to read, and opens a folder. `authorities` is a file of certificates that are believed too.
    pub async fn open(
        account: &MailboxAccount,
        folder: &str,
        authorities: Option<&Path>,
    ) -> Result<Self, MailboxError> {
        within(PATIENCE, Self::connect(account, folder, authorities)).await
    }

    async fn connect(
        account: &MailboxAccount,
        folder: &str,
        authorities: Option<&Path>,
    ) -> Result<Self, MailboxError> {
        let tls = connector(authorities)?;
        let unreachable = |error| MailboxError::Unreachable(account.place(), error);
        let stream = TcpStream::connect((account.host.as_str(), account.port))
            .await
            .map_err(unreachable)?;
        let stream: Boxed = match account.security {
            Security::Tls => Box::new(secured(&tls, &account.host, stream).await?),
            Security::Nothing => Box::new(stream),
            Security::StartTls => {
                let mut plain = Client::new(stream);
                greeting(&mut plain).await?;
                plain
                    .run_command_and_check_ok("STARTTLS", None)
                    .await
                    .map_err(MailboxError::Protocol)?;
                Box::new(secured(&tls, &account.host, plain.into_inner()).await?)
            }
        };
        let mut client = Client::new(stream);
        if account.security != Security::StartTls {
            greeting(&mut client).await?;
        }
        let mut session = client
            .login(&account.user, account.password.as_str())
            .await
            .map_err(|(error, _)| match error {
                async_imap::error::Error::No(_) | async_imap::error::Error::Bad(_) => {
                    MailboxError::Refused
                }
                other => MailboxError::Protocol(other),
            })?;
        let able = session
            .capabilities()
            .await
            .map_err(MailboxError::Protocol)?;
        let able = Able {
            waits: able.has_str("IDLE"),
            moves: able.has_str("MOVE"),
            removes_one: able.has_str("UIDPLUS"),
        };
        session.select(folder).await.map_err(|error| match error {
            async_imap::error::Error::No(_) => MailboxError::Folder(folder.to_owned()),
            other => MailboxError::Protocol(other),
        })?;
        Ok(Self { session, able })
    }

    /// Lists mails that nobody has read, the oldest first.
    pub async fn unread(&mut self) -> Result<Vec<u32>, MailboxError> {
        let found = within(PATIENCE, async {
            self.session
                .uid_search("UNSEEN UNDELETED")
                .await
                .map_err(MailboxError::Protocol)
        });
        let mut uids: Vec<u32> = found.await?.into_iter().collect();
        uids.sort_unstable();
        Ok(uids)
    }

    /// Reads a mail and leaves it unread; nothing where it is gone or has more than `limit` bytes.
    pub async fn read(&mut self, uid: u32, limit: usize) -> Result<Option<Vec<u8>>, MailboxError> {
        within(READING, async {
            let sizes = self.fetched(uid, "(UID RFC822.SIZE)").await?;
            let size = sizes.iter().find_map(|fetched| fetched.size);
            if size.is_none_or(|size| usize::try_from(size).is_ok_and(|size| size > limit)) {
                return Ok(None);
            }
            let whole = self.fetched(uid, "(UID BODY.PEEK[])").await?;
            Ok(whole
                .iter()
                .find_map(|fetched| fetched.body().map(<[u8]>::to_vec)))
        })
        .await
    }

    async fn fetched(
        &mut self,
        uid: u32,
        what: &str,
    ) -> Result<Vec<async_imap::types::Fetch>, MailboxError> {
        let fetched = self.session.uid_fetch(uid.to_string(), what).await;
        let fetched = fetched.map_err(MailboxError::Protocol)?;
        fetched.try_collect().await.map_err(MailboxError::Protocol)
    }

    /// Marks a mail: as read, and for people to look at where that is wanted.
    pub async fn mark(&mut self, uid: u32, mark: Mark) -> Result<(), MailboxError> {
        let flags = match mark {
            Mark::Read => "+FLAGS.SILENT (\\Seen)",
            Mark::ReadAndFlagged => "+FLAGS.SILENT (\\Seen \\Flagged)",
            Mark::Deleted => "+FLAGS.SILENT (\\Seen \\Deleted)",
        };
        within(PATIENCE, async {
            let changed = self.session.uid_store(uid.to_string(), flags).await;
            let changed = changed.map_err(MailboxError::Protocol)?;
            let _: Vec<_> = changed
                .try_collect()
                .await
                .map_err(MailboxError::Protocol)?;
            Ok(())
        })
        .await
    }

    /// Moves a mail into another folder, which is made where it is missing.
    pub async fn move_to(&mut self, uid: u32, folder: &str) -> Result<(), MailboxError> {
        self.mark(uid, Mark::Read).await?;
        match self.try_move(uid, folder).await {
            Err(MailboxError::Protocol(async_imap::error::Error::No(_))) => {
                within(PATIENCE, async {
                    let made = self.session.create(folder).await;
                    made.map_err(|_| MailboxError::Folder(folder.to_owned()))
                })
                .await?;
                self.try_move(uid, folder).await
            }
            moved => moved,
        }
    }

    async fn try_move(&mut self, uid: u32, folder: &str) -> Result<(), MailboxError> {
        let name = uid.to_string();
        let moves = self.able.moves;
        within(PATIENCE, async {
            match moves {
                true => self.session.uid_mv(&name, folder).await,
                false => self.session.uid_copy(&name, folder).await,
            }
            .map_err(MailboxError::Protocol)
        })
        .await?;
        match moves {
            true => Ok(()),
            false => self.delete(uid).await,
        }
    }

    /// Deletes a mail.
    pub async fn delete(&mut self, uid: u32) -> Result<(), MailboxError> {
        self.mark(uid, Mark::Deleted).await?;
        within(PATIENCE, async {
            let session = &mut self.session;
            let gone: Vec<_> = match self.able.removes_one {
                true => session
                    .uid_expunge(uid.to_string())
                    .await
                    .map_err(MailboxError::Protocol)?
                    .try_collect()
                    .await
                    .map_err(MailboxError::Protocol)?,
                false => session
                    .expunge()
                    .await
                    .map_err(MailboxError::Protocol)?
                    .try_collect()
                    .await
                    .map_err(MailboxError::Protocol)?,
            };
            drop(gone);
            Ok(())
        })
        .await
    }

    /// Waits for news of the folder, no longer than `most`; a server that tells none is waited for in vain.
    pub async fn wait(mut self, most: Duration) -> Result<Self, MailboxError> {
        let most = most.min(LONGEST_IDLE);
        if !self.able.waits {
            tokio::time::sleep(most).await;
            within(PATIENCE, async {
                self.session.noop().await.map_err(MailboxError::Protocol)
            })
            .await?;
            return Ok(self);
        }
        let Self { session, able } = self;
        let mut idle = session.idle();
        within(PATIENCE, async {
            idle.init().await.map_err(MailboxError::Protocol)
        })
        .await?;
        {
            let (news, _stop) = idle.wait_with_timeout(most);
            match tokio::time::timeout(most, news).await {
                Err(_) | Ok(Ok(IdleResponse::NewData(_) | IdleResponse::Timeout)) => {}
                // The connection is gone.
                Ok(Ok(IdleResponse::ManualInterrupt)) => {
                    return Err(MailboxError::Protocol(
                        async_imap::error::Error::ConnectionLost,
                    ));
                }
                Ok(Err(error)) => return Err(MailboxError::Protocol(error)),
            }
        }
        let session = within(PATIENCE, async {
            idle.done().await.map_err(MailboxError::Protocol)
        })
        .await?;
        Ok(Self { session, able })
    }

    /// Says goodbye; a server that does not hear it forgets us all the same.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(PATIENCE, self.session.logout()).await;
    }
}

/// How a mail is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// As read.
    Read,
    /// As read, and for people to look at.
    ReadAndFlagged,
    /// To be deleted.
    Deleted,
}

async fn within<T>(
    time: Duration,
    step: impl Future<Output = Result<T, MailboxError>>,
) -> Result<T, MailboxError> {
    match tokio::time::timeout(time, step).await {
        Ok(done) => done,
        Err(_) => Err(MailboxError::TimedOut),
    }
}

async fn greeting<S: Wire>(client: &mut Client<S>) -> Result<(), MailboxError> {
    let lost = || MailboxError::Protocol(async_imap::error::Error::ConnectionLost);
    let greeted = client.read_response().await;
    let greeted = greeted.map_err(|error| MailboxError::Protocol(error.into()))?;
    greeted.map(drop).ok_or_else(lost)
}

async fn secured(
    tls: &TlsConnector,
    host: &str,
    stream: TcpStream,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, MailboxError> {
    let wrong = |_| MailboxError::Tls(std::io::ErrorKind::InvalidInput.into());
    let name = ServerName::try_from(host.to_owned()).map_err(wrong)?;
    tls.connect(name, stream).await.map_err(MailboxError::Tls)
}

fn connector(authorities: Option<&Path>) -> Result<TlsConnector, MailboxError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = authorities {
        let wrong = |_| MailboxError::Authorities;
        let own = CertificateDer::pem_file_iter(path).map_err(wrong)?;
        let own: Vec<CertificateDer<'_>> = own.collect::<Result<_, _>>().map_err(wrong)?;
        if roots.add_parsable_certificates(own).0 == 0 {
            return Err(MailboxError::Authorities);
        }
    }
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the versions it was built with")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
