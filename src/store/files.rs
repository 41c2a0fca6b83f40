//! Where the content of attachments lies: a folder beside the database, or a bucket.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::{ObjectStore, ObjectStoreExt};
use serde::{Deserialize, Serialize};

use crate::conversation::{Attachment, FileLimits};
use crate::ids::{AttachmentId, ConversationId};
use crate::signing::Secret;
use crate::store::error::{OpenError, StoreError};

/// What is taken, and where it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileSettings {
    /// Longest file.
    pub max_bytes: usize,
    /// Largest picture.
    pub max_megapixels: u32,
    /// Most files of one conversation.
    pub max_per_conversation: u32,
    /// Bucket; empty for the folder `attachments` in the data folder.
    pub bucket: String,
    /// Address of an S3-compatible service; empty for that of the region.
    pub endpoint: String,
    /// Region of the bucket.
    pub region: String,
    /// Name of the key that may read and write the bucket.
    pub key: String,
    /// The key itself.
    pub secret: Secret,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self {
            max_bytes: 10 * 1024 * 1024,
            max_megapixels: 64,
            max_per_conversation: 50,
            bucket: String::new(),
            endpoint: String::new(),
            region: "us-east-1".to_owned(),
            key: String::new(),
            secret: Secret::default(),
        }
    }
}

impl FileSettings {
    /// Returns the limits of one file.
    pub fn limits(&self) -> FileLimits {
        FileLimits {
            bytes: self.max_bytes,
            pixels: u64::from(self.max_megapixels) * 1_000_000,
        }
    }
}

/// Keeps content; clones share one connection.
#[derive(Debug, Clone)]
pub(in crate::store) struct Files {
    kept: Arc<dyn ObjectStore>,
    /// Where it is a folder.
    folder: Option<PathBuf>,
}

impl Files {
    /// Keeps content in a folder of the data folder.
    pub(in crate::store) fn in_folder(data: &Path) -> Result<Self, OpenError> {
        let folder = data.join("attachments");
        make_private(&folder).map_err(|source| OpenError::Folder {
            folder: folder.clone(),
            source,
        })?;
        let kept = LocalFileSystem::new_with_prefix(&folder)
            .map_err(OpenError::Files)?
            // What was acknowledged survives a power cut, as in the database.
            .with_fsync(true);
        Ok(Self {
            kept: Arc::new(kept),
            folder: Some(folder),
        })
    }

    /// Keeps content in a bucket.
    #[cfg(feature = "s3")]
    pub(in crate::store) fn in_bucket(settings: &FileSettings) -> Result<Self, OpenError> {
        let mut bucket = object_store::aws::AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_access_key_id(&settings.key)
            .with_secret_access_key(settings.secret.reveal())
            // Files go one at a time, and not every service that speaks S3 (such as Alibaba OSS) knows the other way.
            .with_config(
                object_store::aws::AmazonS3ConfigKey::DisableBulkDelete,
                "true",
            );
        if !settings.endpoint.is_empty() {
            bucket = bucket
                .with_endpoint(&settings.endpoint)
                .with_allow_http(settings.endpoint.starts_with("http://"));
        }
        let kept = bucket.build().map_err(OpenError::Files)?;
        Ok(Self {
            kept: Arc::new(kept),
            folder: None,
        })
    }

    /// Says that this build knows no buckets.
    #[cfg(not(feature = "s3"))]
    pub(in crate::store) fn in_bucket(_: &FileSettings) -> Result<Self, OpenError> {
        Err(OpenError::NoBuckets)
    }

    /// Keeps the sealed content of a file; it is on disk when this returns.
    pub(in crate::store) async fn put(
        &self,
        conversation: &ConversationId,
        id: &AttachmentId,
        sealed: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.kept
            .put(&place(conversation, id), sealed.into())
            .await?;
        Ok(())
    }

    /// Reads the content of a file as it is kept.
    pub(in crate::store) async fn get(
        &self,
        attachment: &Attachment,
    ) -> Result<Vec<u8>, StoreError> {
        let found = self
            .kept
            .get(&place(&attachment.conversation, &attachment.id))
            .await?;
        Ok(found.bytes().await?.into())
    }

    /// Removes the content of a file; one that is not there is removed already.
    pub(in crate::store) async fn remove(
        &self,
        conversation: &ConversationId,
        id: &AttachmentId,
    ) -> Result<(), StoreError> {
        if let Some(folder) = &self.folder {
            // A write that a crash broke off leaves its content beside the place under this name.
            let broken = folder.join(format!("{conversation}/{id}#1"));
            // It is hardly ever there, and what cannot be removed today is tried again by nobody who would miss it.
            let _ = tokio::fs::remove_file(broken).await;
        }
        match self.kept.delete(&place(conversation, id)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            other => Ok(other?),
        }
    }
}

/// Names say nothing of what people call the file.
fn place(conversation: &ConversationId, id: &AttachmentId) -> Place {
    Place::from_iter([conversation.to_string(), id.to_string()])
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
