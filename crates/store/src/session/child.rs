//! Writing a child together with its parent.

mod create;
mod touch;

use std::fmt;

use recension_model::{Draft, Edit, Object, ObjectDraft, Persisted, Rule};

use self::create::Parent;
use self::touch::Touch;
pub(super) use self::touch::Touched;
use super::find::Find;
use super::update::Update;
use crate::target::Target;
use crate::{BelongsTo, Error, Persist};

impl<P: Persist> Find<P> {
    /// Stores a new child of the first object found, as [`create`](crate::Session::create) does: the field of `relation` is set to
    /// its key, in the statement that looks for that.
    ///
    /// Where the child has a natural key, or the field of `relation` is a part of its key, it is a transaction that looks for the
    /// parent first.
    ///
    /// # Errors
    /// [`Error::NotFound`] that names `P` when nothing is found; [`Error::Invalid`] when the field of `relation` is set; others
    /// as [`create`](crate::Session::create). In a transaction on PostgreSQL a child that exists already spoils the transaction.
    pub async fn create_child<D>(self, relation: BelongsTo<D::Object, P>, draft: D) -> Result<Persisted<D::Object>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        self.create_child_filled(relation, draft, |_| {}).await
    }

    /// As [`create_child`](Self::create_child), with the service's own values for fields of the child that only it sets.
    ///
    /// # Errors
    /// As [`create_child`](Self::create_child).
    pub async fn create_child_filled<D>(
        self,
        relation: BelongsTo<D::Object, P>,
        draft: D,
        fill: impl FnOnce(&mut <D::Object as Object>::ServerFields),
    ) -> Result<Persisted<D::Object>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        Parent { find: self, touch: None }.create(relation, draft, fill).await
    }

    /// Has the first object found changed together with a child of it: both, or neither. It is not compared with what anybody has
    /// read, but counts the write. `changes` and `fill` say to what, the latter for fields that only the service sets; they may say
    /// nothing.
    ///
    /// # Errors
    /// As [`Find::update`](Self::update).
    pub fn touching(self, changes: Draft<P>, fill: impl FnOnce(&mut P::ServerFields)) -> Result<Touching<P>, Error> {
        let touch = Touch::of::<P>(&self.session, changes, fill)?;
        Ok(Touching { find: self, touch })
    }
}

/// A parent that is changed together with a child of it, begun by [`Find::touching`].
#[must_use = "nothing is sent until a child is written"]
pub struct Touching<P: Persist> {
    find: Find<P>,
    touch: Touch,
}

impl<P: Persist> Touching<P> {
    /// As [`Find::create_child`], and changes the parent: in the same statement where a WITH may write, as on PostgreSQL. Of several
    /// who each take the first one, and so that it is not found any more, each has another.
    ///
    /// # Errors
    /// As [`Find::create_child`]; a parent that may not be changed so is not found.
    pub async fn create_child<D>(self, relation: BelongsTo<D::Object, P>, draft: D) -> Result<Persisted<D::Object>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        self.create_child_filled(relation, draft, |_| {}).await
    }

    /// As [`create_child`](Self::create_child), with the service's own values for fields of the child that only it sets.
    ///
    /// # Errors
    /// As [`create_child`](Self::create_child).
    pub async fn create_child_filled<D>(
        self,
        relation: BelongsTo<D::Object, P>,
        draft: D,
        fill: impl FnOnce(&mut <D::Object as Object>::ServerFields),
    ) -> Result<Persisted<D::Object>, Error>
    where
        D: ObjectDraft,
        D::Object: Persist,
    {
        let Self { find, touch } = self;
        Parent { find, touch: Some(touch) }.create(relation, draft, fill).await
    }

    /// Saves a child, as [`save`](crate::Session::save) does, and changes its parent, which must be among what the search finds; the
    /// order of that means nothing here. Where saving the child is one statement on PostgreSQL or MariaDB, this is, too. A child without
    /// changes comes back as it is, unchecked, and its parent is left alone.
    ///
    /// # Errors
    /// [`Error::NotFound`] that names `P` when the parent is not found, or may not be changed so; [`Error::Invalid`] when the edit
    /// changes the field of `relation`; others as [`save`](crate::Session::save), also when it is another's child by now.
    pub async fn save_child<C: Persist>(self, relation: BelongsTo<C, P>, edit: &Edit<C>) -> Result<Persisted<C>, Error> {
        self.save_child_filled(relation, edit, |_| {}).await
    }

    /// As [`save_child`](Self::save_child), with the service's own values for fields of the child that only it sets.
    ///
    /// # Errors
    /// As [`save_child`](Self::save_child).
    pub async fn save_child_filled<C: Persist>(
        self,
        relation: BelongsTo<C, P>,
        edit: &Edit<C>,
        fill: impl FnOnce(&mut C::ServerFields),
    ) -> Result<Persisted<C>, Error> {
        let child = Target::of::<C>();
        let session = self.find.session.clone();
        let Some(update) = Update::of(&session, edit, fill)? else { return Ok(edit.base().clone()) };
        if update.record.changes().contains(relation.by) {
            return Err(child.spec.invalid(relation.by, Rule::ReadOnly).into());
        }
        let parent = Touched::of(&self.find, self.touch, (relation.by, update.record.at(relation.by)))?;
        update.under(parent).run(edit.base(), edit.base()).await
    }
}

impl<P: Persist> fmt::Debug for Touching<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Touching").field("find", &self.find).finish_non_exhaustive()
    }
}
